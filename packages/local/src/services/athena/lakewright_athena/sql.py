"""Pieces of translated SQL: DuckDB's text with the type that Trino gives it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from lakewright_athena.errors import Position, QueryError
from lakewright_athena.types import BOOLEAN, UNKNOWN, Type, common


@dataclass(frozen=True)
class Sql:
    """An expression. `literal` is its text where it is a literal: some arguments must be."""

    text: str
    type: Type
    literal: str | None = None


class Where:
    """Finds the places of syntax nodes in the SQL that was asked."""

    def __init__(self, sql: str) -> None:
        self._sql = sql

    def of(self, node: exp.Expr) -> Position | None:
        starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
        return Position.at(self._sql, min(starts)) if starts else None

    def unsupported(self, node: exp.Expr, what: str, way_out: str = "") -> QueryError:
        hint = f": {way_out}" if way_out else ""
        return QueryError("NOT_SUPPORTED", f"{what} cannot be run here{hint}", self.of(node))

    def mismatch(self, node: exp.Expr, message: str) -> QueryError:
        return QueryError("TYPE_MISMATCH", message, self.of(node))


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def text_literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def coerced(value: Sql, wanted: Type) -> str:
    """The value as that type, to which it widens without loss."""
    if value.type == wanted:
        return value.text
    # DuckDB's own cast of a long decimal misses the nearest double; by way of its text it does not.
    long = value.type.kind == "decimal" and value.type.precision > 15 and wanted.floating
    text = f"CAST({value.text} AS VARCHAR)" if long else value.text
    return f"CAST({text} AS {wanted.duckdb})"


def common_type(where: Where, node: exp.Expr, values: Sequence[Sql], what: str) -> Type:
    """Raises TYPE_MISMATCH where Trino would find no common type."""
    kind = UNKNOWN
    for value in values:
        met = common(kind, value.type)
        if met is None:
            raise where.mismatch(node, f"{what}: {kind} and {value.type} do not go together")
        kind = met
    return kind


def boolean(where: Where, node: exp.Expr, value: Sql, what: str) -> str:
    if value.type not in (BOOLEAN, UNKNOWN):
        raise where.mismatch(node, f"{what} must be a boolean, not {value.type}")
    return coerced(value, BOOLEAN)


def fails(message: str) -> str:
    """SQL that ends the query with this message when it is reached."""
    return f"error({text_literal(message)})"


def compared(operator: str, left: Sql, right: Sql, kind: Type) -> Sql:
    """Of values of one common type. Nothing is equal to NaN in Trino, and nothing more or less than it."""
    a, b = coerced(left, kind), coerced(right, kind)
    plain = f"({a} {operator} {b})"
    if not kind.floating:
        return Sql(plain, BOOLEAN)
    unequal = "TRUE" if operator == "<>" else "FALSE"
    return Sql(
        f"(CASE WHEN {a} IS NULL OR {b} IS NULL THEN NULL WHEN isnan({a}) OR isnan({b}) THEN {unequal} "
        f"ELSE {plain} END)",
        BOOLEAN,
    )
