"""FROM: tables of the catalog, WITH queries, subqueries, VALUES, and their joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lakewright_athena import information_schema
from lakewright_athena.catalog import CATALOG
from lakewright_athena.errors import QueryError
from lakewright_athena.scope import Output, Read, Relation, Scope, renamed, taken
from lakewright_athena.sql import Sql, coerced, common_type, compared, quoted

if TYPE_CHECKING:
    from lakewright_athena.queries import Queries

TABLE_PARTS = {"this", "db", "catalog", "alias", "joins"}


class Relations:
    def __init__(self, queries: Queries) -> None:
        self.queries = queries
        self.where = queries.where

    def source(self, node: exp.Select, scope: Scope) -> str:
        """FROM with its joins; adds the relations to the scope."""
        clause = node.args.get("from_")
        if clause is None:
            return ""
        text = f"FROM {self.relation(clause.this, scope)}"
        for join in node.args.get("joins") or []:
            text += self.join(join, scope)
        return text

    def join(self, join: exp.Join, scope: Scope) -> str:
        extra = {k for k, v in join.args.items() if v} - {"this", "on", "using", "side", "kind"}
        side, kind = str(join.args.get("side") or "").upper(), str(join.args.get("kind") or "").upper()
        if extra or side not in ("", "LEFT", "RIGHT", "FULL") or kind not in ("", "INNER", "OUTER", "CROSS"):
            raise self.where.unsupported(join, f"this join ({', '.join(sorted(extra)) or kind or side})")
        before = len(scope.relations)
        text = self.relation(join.this, scope)
        on, using = join.args.get("on"), join.args.get("using")
        if using:
            condition = self.using(join, side, scope, before)
        elif on is not None:
            condition = self.queries.expressions.condition(on, scope, "ON")
        elif kind == "CROSS" or (not side and not kind):
            return f" CROSS JOIN {text}"
        else:
            raise QueryError("SYNTAX_ERROR", "a join needs ON or USING", self.where.of(join))
        return f" {side or 'INNER'} JOIN {text} ON {condition}"

    def using(self, join: exp.Join, side: str, scope: Scope, before: int) -> str:
        """USING as ON: the merged column is the one that is there, of either side in a full join."""
        right = scope.relations[before]
        left = Scope(None, scope.relations[:before], dict(scope.merged))
        conditions = []
        for item in join.args["using"]:
            name = item.name.lower()
            a = left.resolve(self.where, exp.column(exp.to_identifier(name)))
            if name not in right.columns:
                raise QueryError("COLUMN_NOT_FOUND", f"Column '{name}' is not in both relations", self.where.of(item))
            b = taken(self.where, item, right, name)
            kind = common_type(self.where, join, [a, b], "USING")
            conditions.append(compared("=", a, b, kind).text)
            x, y = coerced(a, kind), coerced(b, kind)
            whole = {"RIGHT": y, "FULL": f"COALESCE({x}, {y})"}.get(side, x)
            scope.merged[name] = Sql(whole, kind)
            for relation in scope.relations:
                if name in relation.columns:
                    relation.merged.add(name)
        return " AND ".join(conditions)

    def relation(self, node: exp.Expr, scope: Scope) -> str:
        if isinstance(node, exp.Table):
            if not isinstance(node.this, exp.Identifier):
                raise self.where.unsupported(node, f"{node.this.sql('trino')[:40]} in FROM")
            extra = {key for key, value in node.args.items() if value} - TABLE_PARTS
            if extra & {"version", "when"}:
                way_out = "time travel is for Iceberg tables; read a Hudi table of the past with Spark (as.of.instant)"
                raise self.where.unsupported(node, "FOR TIMESTAMP or VERSION AS OF", way_out)
            if extra or node.args.get("joins"):
                raise self.where.unsupported(node, f"a table with {', '.join(sorted(extra)) or 'joins in parentheses'}")
            return self.table(node, scope)
        if isinstance(node, exp.Subquery):
            extra = {key for key, value in node.args.items() if value} - {"this", "alias", "with_"}
            if extra or not isinstance(node.this, exp.Query):
                raise self.where.unsupported(
                    node, "this relation in parentheses", "write the joins without parentheses"
                )
            inner = self.queries.query(node.this, None)
            return f"({inner.text}) AS {self.add(node, scope, inner.columns, node.alias.lower())}"
        if isinstance(node, exp.Values):
            return self.values(node, scope)
        raise self.where.unsupported(node, f"{type(node).__name__.upper()} in FROM")

    def add(self, node: exp.Expr, scope: Scope, columns: tuple[Output, ...], alias: str) -> str:
        """Adds a relation to the scope; returns its name in SQL, with the names of its columns."""
        columns = renamed(self.where, node, columns)
        own = self.queries.fresh()
        names = [column.name or f" {place}" for place, column in enumerate(columns)]
        known: dict[str, Sql | str] = {
            name: Sql(f"{quoted(own)}.{quoted(name)}", column.type) for name, column in zip(names, columns, strict=True)
        }
        self.put(node, scope, Relation(alias, known))
        return f"{quoted(own)}({', '.join(map(quoted, names))})"

    def put(self, node: exp.Expr, scope: Scope, relation: Relation) -> None:
        if relation.alias and any(other.alias == relation.alias for other in scope.relations):
            raise QueryError("DUPLICATE_ALIAS", f"{relation.alias} is there twice", self.where.of(node))
        scope.relations.append(relation)

    def table(self, node: exp.Table, scope: Scope) -> str:
        name, alias = node.name.lower(), (node.alias or node.name).lower()
        if not node.db:
            for names in reversed(self.queries.named):
                if name in names:
                    return f"{quoted(f'with {name}')} AS {self.add(node, scope, names[name], alias)}"
        database = (node.db or self.queries.database).lower()
        if (node.catalog or CATALOG).lower() != CATALOG:
            raise QueryError("CATALOG_NOT_FOUND", f"Catalog '{node.catalog}' not found", self.where.of(node))
        if database == "information_schema":
            columns = information_schema.COLUMNS.get(name)
            if columns is None:
                raise QueryError("TABLE_NOT_FOUND", f"Table 'information_schema.{name}' not found", self.where.of(node))
            rows = information_schema.rows(name, self.queries.catalog)
            return f"({rows}) AS {self.add(node, scope, columns, alias)}"
        return self.catalog_table(node, scope, database, name, alias)

    def catalog_table(self, node: exp.Table, scope: Scope, database: str, name: str, alias: str) -> str:
        if node.args.get("alias") and node.args["alias"].args.get("columns"):
            raise self.where.unsupported(node, "a table with names for its columns", "use a subquery")
        table = self.queries.catalog.table(database, name)
        if table is None:
            raise QueryError(
                "TABLE_NOT_FOUND", f"Table '{CATALOG}.{database}.{name}' does not exist", self.where.of(node)
            )
        view = f"scan {len(self.queries.reads)}"
        relation = Relation(
            alias,
            {
                column.name: Sql(f"{quoted(view)}.{quoted(column.name)}", column.type)
                if column.type
                else column.hive_type
                for column in table.all_columns
            },
        )
        self.put(node, scope, relation)
        self.queries.reads.append(Read(view, table, relation))
        return quoted(view)

    def values(self, node: exp.Values, scope: Scope) -> str:
        """VALUES as a union: each column is of the common type of its rows."""
        rows = [item.expressions if isinstance(item, exp.Tuple) else [item] for item in node.expressions]
        cells = [self.queries.expressions.all(list(row), Scope()) for row in rows]
        if len({len(row) for row in cells}) != 1:
            raise self.where.mismatch(node, "the rows of VALUES must be of one length")
        kinds = [common_type(self.where, node, column, "VALUES") for column in zip(*cells, strict=True)]
        lines = [f"({', '.join(coerced(v, kind) for v, kind in zip(row, kinds, strict=True))})" for row in cells]
        outputs = tuple(Output(f"_col{place}", kind) for place, kind in enumerate(kinds))
        return f"(VALUES {', '.join(lines)}) AS {self.add(node, scope, outputs, node.alias.lower())}"
