"""Names in a query: relations, their columns, and where a column's name leads."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from lakewright_athena.catalog import Table
from lakewright_athena.errors import QueryError
from lakewright_athena.sql import Sql, Where
from lakewright_athena.types import Type


@dataclass(frozen=True)
class Output:
    """A column of a query's result; without a name it cannot be named from outside. `type` is None: unsupported."""

    name: str | None
    type: Type


@dataclass(frozen=True)
class Translated:
    text: str
    columns: tuple[Output, ...]


@dataclass
class Relation:
    """What stands in FROM: an alias, and its columns as SQL with their types (or why they cannot be used)."""

    alias: str
    columns: dict[str, Sql | str]
    # Columns of a table that were used, so that only they are read.
    used: set[str] = field(default_factory=set)
    # Columns that USING merged into one, which is found without the alias alone.
    merged: set[str] = field(default_factory=set)


@dataclass
class Scope:
    """The relations of one SELECT; `merged` are the columns of JOIN ... USING."""

    parent: Scope | None = None
    relations: list[Relation] = field(default_factory=list)
    merged: dict[str, Sql] = field(default_factory=dict)

    def resolve(self, where: Where, node: exp.Column) -> Sql:
        """Raises COLUMN_NOT_FOUND, AMBIGUOUS_NAME."""
        if node.args.get("db") or node.args.get("catalog"):
            raise where.unsupported(node, "a column with its schema", "give the table an alias and write alias.column")
        name, alias = node.name.lower(), node.table.lower()
        scope: Scope | None = self
        while scope is not None:
            found = scope._find(where, node, name, alias)
            if found is not None:
                return found
            scope = scope.parent
        shown = f"{alias}.{name}" if alias else name
        raise QueryError("COLUMN_NOT_FOUND", f"Column '{shown}' cannot be resolved", where.of(node))

    def _find(self, where: Where, node: exp.Column, name: str, alias: str) -> Sql | None:
        if not alias and name in self.merged:
            return self.merged[name]
        holders = [
            relation
            for relation in self.relations
            if name in relation.columns and (relation.alias == alias if alias else name not in relation.merged)
        ]
        if len(holders) > 1:
            raise QueryError("AMBIGUOUS_NAME", f"Column '{name}' is ambiguous", where.of(node))
        if not holders:
            return None
        if name in holders[0].merged:
            raise where.unsupported(node, f"{alias}.{name} after USING", f"write {name}")
        return taken(where, node, holders[0], name)

    def star(self, where: Where, node: exp.Expr, alias: str | None) -> list[tuple[str, Sql]]:
        """What `*` or `alias.*` stands for, in order."""
        if alias is not None:
            relations = [relation for relation in self.relations if relation.alias == alias]
            if not relations:
                raise QueryError("TABLE_NOT_FOUND", f"Unable to resolve reference {alias}", where.of(node))
            if relations[0].merged:
                raise where.unsupported(node, f"{alias}.* after USING", "name the columns")
        else:
            relations = self.relations
        columns = list(self.merged.items()) if alias is None else []
        for relation in relations:
            columns += [
                (name, taken(where, node, relation, name)) for name in relation.columns if name not in relation.merged
            ]
        return columns


def taken(where: Where, node: exp.Expr, relation: Relation, name: str) -> Sql:
    column = relation.columns[name]
    if isinstance(column, str):
        raise where.unsupported(node, f"column {name} of type {column}", "name the columns that are needed")
    relation.used.add(name)
    return column


@dataclass
class Read:
    """A table that the query reads, under the name of a view in DuckDB."""

    view: str
    table: Table
    relation: Relation


def renamed(where: Where, node: exp.Expr, columns: tuple[Output, ...]) -> tuple[Output, ...]:
    """Columns as `AS t (a, b)` names them; names that are twice could not be told apart."""
    alias = node.args.get("alias")
    names = [item.name.lower() for item in alias.args.get("columns") or []] if alias else []
    if names and len(names) != len(columns):
        raise where.mismatch(node, f"{len(names)} names for {len(columns)} columns")
    result = tuple(Output(name, column.type) for name, column in zip(names, columns, strict=True)) if names else columns
    known = [column.name for column in result if column.name]
    twice = {name for name in known if known.count(name) > 1}
    if twice:
        raise QueryError("AMBIGUOUS_NAME", f"Column '{min(twice)}' is there twice", where.of(node))
    return result
