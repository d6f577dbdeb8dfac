"""Queries: WITH, SELECT, joins, set operations, ORDER BY, LIMIT."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from lakewright_athena.catalog import Catalog
from lakewright_athena.errors import QueryError
from lakewright_athena.expressions import Expressions
from lakewright_athena.functions import direction
from lakewright_athena.relations import Relations
from lakewright_athena.scope import Output, Read, Scope, Translated, renamed
from lakewright_athena.sql import Sql, Where, coerced, common_type, quoted
from lakewright_athena.types import UNKNOWN, Type

# What a SELECT may have; anything else that the parser knows is refused rather than left out.
CLAUSES = {"expressions", "distinct", "from_", "joins", "where", "group", "having", "order", "limit", "offset", "with_"}


@dataclass
class Queries:
    """Translates the queries of one statement."""

    where: Where
    catalog: Catalog
    database: str
    now: str
    reads: list[Read] = field(default_factory=list)
    # Relations that WITH names, innermost last.
    named: list[dict[str, tuple[Output, ...]]] = field(default_factory=list)
    relations_named: int = 0

    def __post_init__(self) -> None:
        self.expressions = Expressions(self.where, self, self.now)
        self.relations = Relations(self)

    def fresh(self) -> str:
        """A name for a relation that nothing else in the statement has."""
        self.relations_named += 1
        return f"relation {self.relations_named}"

    def outermost(self, node: exp.Expr) -> tuple[Translated, list[str]]:
        """The statement with its columns named c0, c1, ...; and the names that Athena shows."""
        inner = self.query(node, None)
        names = [column.name or f"_col{place}" for place, column in enumerate(inner.columns)]
        return inner, names

    def nested(self, node: exp.Expr, scope: Scope) -> Translated:
        return self.query(node, scope)

    def query(self, node: exp.Expr, parent: Scope | None) -> Translated:
        if isinstance(node, exp.Subquery) and not node.args.get("alias"):
            extra = {k for k, v in node.args.items() if v and k not in ("this", "with_")}
            if extra:
                raise self.where.unsupported(node, f"{', '.join(sorted(extra))} after a query in parentheses")
            return self.query(node.this, parent)
        if not isinstance(node, (exp.Select, exp.SetOperation)):
            raise self.where.unsupported(node, type(node).__name__.upper())
        names: dict[str, tuple[Output, ...]] = {}
        self.named.append(names)
        try:
            with_text = self.with_clause(node, names, parent)
            inner = self.select(node, parent) if isinstance(node, exp.Select) else self.set_operation(node, parent)
            return Translated(f"{with_text}{inner.text}", inner.columns)
        finally:
            self.named.pop()

    def with_clause(self, node: exp.Expr, names: dict[str, tuple[Output, ...]], parent: Scope | None) -> str:
        clause = node.args.get("with_")
        if clause is None:
            return ""
        if clause.args.get("recursive"):
            raise self.where.unsupported(clause, "WITH RECURSIVE")
        parts = []
        for item in clause.expressions:
            inner = self.query(item.this, parent)
            columns = renamed(self.where, item, inner.columns)
            name = item.alias.lower()
            if name in names:
                raise QueryError("DUPLICATE_NAMED_QUERY", f"WITH query name '{name}' twice", self.where.of(item))
            names[name] = columns
            shown = ", ".join(quoted(column.name or f"_col{place}") for place, column in enumerate(columns))
            parts.append(f"{quoted(f'with {name}')}({shown}) AS ({inner.text})")
        return f"WITH {', '.join(parts)} "

    def select(self, node: exp.Select, parent: Scope | None) -> Translated:
        extra = {key for key, value in node.args.items() if value} - CLAUSES
        if extra:
            raise self.where.unsupported(node, f"the clause {', '.join(sorted(extra)).strip('_').upper()}")
        scope = Scope(parent)
        source = self.relations.source(node, scope)
        parts = []
        if node.args.get("where"):
            parts.append(f"WHERE {self.expressions.condition(node.args['where'].this, scope, 'WHERE')}")
        projections = self.projections(node, scope)
        if node.args.get("group"):
            parts.append(self.group(node.args["group"], scope, len(projections)))
        if node.args.get("having"):
            parts.append(f"HAVING {self.expressions.condition(node.args['having'].this, scope, 'HAVING')}")
        columns = tuple(Output(name, value.type) for name, value in projections)
        distinct = node.args.get("distinct")
        if distinct and distinct.args.get("on"):
            raise self.where.unsupported(node, "DISTINCT ON")
        parts.append(self.order(node, columns, scope, bool(distinct)))
        parts.append(self.limit(node))
        shown = ", ".join(
            f"{value.text} AS {quoted(name or f'_col{i}')}" for i, (name, value) in enumerate(projections)
        )
        text = f"SELECT {'DISTINCT ' if distinct else ''}{shown} {source} {' '.join(part for part in parts if part)}"
        return Translated(text.strip(), columns)

    def projections(self, node: exp.Select, scope: Scope) -> list[tuple[str | None, Sql]]:
        found: list[tuple[str | None, Sql]] = []
        for item in node.expressions:
            star = item if isinstance(item, exp.Star) else item.this if isinstance(item, exp.Column) else None
            if isinstance(star, exp.Star):
                if any(star.args.values()):
                    raise self.where.unsupported(item, "* with exceptions", "name the columns")
                found += scope.star(self.where, item, item.table.lower() if isinstance(item, exp.Column) else None)
            elif isinstance(item, exp.Alias):
                found.append((item.alias.lower(), self.expressions.translate(item.this, scope)))
            else:
                name = item.name.lower() if isinstance(item, exp.Column) else None
                found.append((name, self.expressions.translate(item, scope)))
        return [
            (name, Sql(coerced(value, UNKNOWN), UNKNOWN) if value.type == UNKNOWN else value) for name, value in found
        ]

    def group(self, group: exp.Group, scope: Scope, width: int) -> str:
        extra = {key for key, value in group.args.items() if value} - {"expressions"}
        if extra:
            raise self.where.unsupported(group, f"GROUP BY {', '.join(sorted(extra)).upper()}")
        parts = []
        for item in group.expressions:
            if isinstance(item, exp.Literal):
                parts.append(str(self.ordinal(item, width)))
            else:
                parts.append(self.expressions.translate(item, scope).text)
        return f"GROUP BY {', '.join(parts)}"

    def ordinal(self, item: exp.Literal, width: int) -> int:
        if item.is_string or not item.name.isdigit() or not 1 <= int(item.name) <= width:
            raise QueryError("INVALID_COLUMN_REFERENCE", f"{item.name} is no column's place", self.where.of(item))
        return int(item.name)

    def order(self, node: exp.Expr, columns: Sequence[Output], scope: Scope | None, output_only: bool) -> str:
        clause = node.args.get("order")
        if clause is None:
            return ""
        names = [column.name for column in columns]
        parts = []
        for item in clause.expressions:
            if item.args.get("with_fill"):
                raise self.where.unsupported(item, "WITH FILL")
            parts.append(f"{self.order_key(item.this, names, scope, output_only)} {direction(item)}")
        return f"ORDER BY {', '.join(parts)}"

    def order_key(self, key: exp.Expr, names: list[str | None], scope: Scope | None, output_only: bool) -> str:
        """A column of the result by place or name comes first, as in Trino; then what the relations have."""
        if isinstance(key, exp.Literal):
            return str(self.ordinal(key, len(names)))
        if isinstance(key, exp.Column) and not key.table and key.name.lower() in names:
            if names.count(key.name.lower()) > 1:
                raise QueryError("AMBIGUOUS_NAME", f"Column '{key.name}' is ambiguous", self.where.of(key))
            return str(names.index(key.name.lower()) + 1)
        inside = {column.name.lower() for column in key.find_all(exp.Column) if not column.table}
        if scope is None or output_only or inside & {name for name in names if name}:
            raise self.where.unsupported(key, "ORDER BY this expression", "order by the place or name of a column")
        return self.expressions.translate(key, scope).text

    def limit(self, node: exp.Expr) -> str:
        """Trino writes OFFSET before LIMIT; they mean the same."""
        text = ""
        limit, offset = node.args.get("limit"), node.args.get("offset")
        if limit is not None and not isinstance(limit, exp.Limit):
            raise self.where.unsupported(limit, "FETCH FIRST", "write LIMIT")
        for word, clause in (("LIMIT", limit), ("OFFSET", offset)):
            value = clause.expression if clause is not None else None
            if value is None or (word == "LIMIT" and value.name.upper() == "ALL"):
                continue
            if not isinstance(value, exp.Literal) or not value.name.isdigit():
                raise self.where.unsupported(value, f"{word} of anything but a number")
            text += f" {word} {value.name}"
        return text.strip()

    def set_operation(self, node: exp.SetOperation, parent: Scope | None) -> Translated:
        allowed = {"this", "expression", "distinct", "order", "limit", "offset", "with_"}
        extra = {key for key, value in node.args.items() if value} - allowed
        if extra:
            raise self.where.unsupported(node, f"{type(node).__name__.upper()} with {', '.join(sorted(extra)).upper()}")
        left, right = self.query(node.this, parent), self.query(node.expression, parent)
        if len(left.columns) != len(right.columns):
            raise self.where.mismatch(node, "both sides must have as many columns")
        kinds = [
            common_type(self.where, node, [Sql("", a.type), Sql("", b.type)], type(node).__name__.upper())
            for a, b in zip(left.columns, right.columns, strict=True)
        ]
        word = f"{type(node).__name__.upper()}{'' if node.args.get('distinct') else ' ALL'}"
        columns = tuple(Output(a.name, kind) for a, kind in zip(left.columns, kinds, strict=True))
        text = f"({widened(left, kinds)}) {word} ({widened(right, kinds)})"
        rest = [self.order(node, columns, None, True), self.limit(node)]
        return Translated(" ".join([f"SELECT * FROM ({text})", *(part for part in rest if part)]), columns)


def widened(inner: Translated, kinds: Sequence[Type]) -> str:
    """The query with its columns as those types."""
    names = [quoted(f"c{place}") for place in range(len(kinds))]
    parts = [coerced(Sql(name, a.type), kind) for name, a, kind in zip(names, inner.columns, kinds, strict=True)]
    shown = ", ".join(f"{part} AS {name}" for part, name in zip(parts, names, strict=True))
    return f"SELECT {shown} FROM ({inner.text}) AS s({', '.join(names)})"
