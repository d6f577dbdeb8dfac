"""CAST, TRY_CAST and typed literals as Trino has them (Trino documentation, "Conversion functions")."""

import re

from sqlglot import exp

from lakewright_athena.sql import Sql, Where, coerced, fails, text_literal
from lakewright_athena.types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    REAL,
    TIMESTAMP,
    UNKNOWN,
    VARCHAR,
    Type,
    decimal,
)

D = exp.DataType.Type
TYPES = {
    D.BOOLEAN: BOOLEAN,
    D.TINYINT: Type("tinyint"),
    D.SMALLINT: Type("smallint"),
    D.INT: INTEGER,
    D.BIGINT: BIGINT,
    D.FLOAT: REAL,
    D.DOUBLE: DOUBLE,
    D.VARCHAR: VARCHAR,
    D.DATE: DATE,
    D.TIMESTAMP: TIMESTAMP,
}
# What texts become what: others are not read, because DuckDB and Trino read them differently.
TEXTS = {
    "integer": r"[+-]?[0-9]+",
    "double": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?",
    "decimal": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "timestamp": r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?)?",
    "boolean": r"(?i)true|false|t|f|1|0",
}


def named_type(where: Where, node: exp.DataType) -> tuple[Type, int | None]:
    """The type that a cast names, and the length of a `varchar(n)`."""
    parameters = [int(parameter.name) for parameter in node.expressions]
    if node.this == D.DECIMAL:
        if not parameters:
            raise where.unsupported(node.parent or node, "decimal without precision", "write decimal(precision, scale)")
        precision, scale = parameters[0], parameters[1] if len(parameters) > 1 else 0
        if not 0 <= scale <= precision <= 38 or precision == 0:
            raise where.mismatch(node.parent or node, f"decimal({precision},{scale}) is no type")
        return decimal(precision, scale), None
    kind = TYPES.get(node.this) if isinstance(node.this, D) else None
    if kind is None or (parameters and kind not in (VARCHAR, TIMESTAMP)):
        raise where.unsupported(node.parent or node, f"the type {node.sql('trino').lower()}")
    if kind == TIMESTAMP and parameters and parameters[0] > 3:
        raise where.unsupported(node.parent or node, f"timestamp({parameters[0]})", "Athena keeps milliseconds")
    return kind, parameters[0] if kind == VARCHAR and parameters else None


def cast(where: Where, node: exp.Cast, value: Sql) -> Sql:
    to, length = named_type(where, node.to)
    attempt = isinstance(node, exp.TryCast)
    written = date_or_time(where, node, value, to)
    if written:
        return written
    text = plain_cast(where, node, value, to, attempt)
    return Sql(f"left({text}, {length})" if length is not None else text, to)


def date_or_time(where: Where, node: exp.Cast, value: Sql, to: Type) -> Sql | None:
    """A literal text that is a date or a time, checked before the query runs."""
    if value.literal is None or value.type != VARCHAR or to not in (DATE, TIMESTAMP):
        return None
    if not re.fullmatch(TEXTS[to.kind], value.literal):
        raise where.mismatch(node, f"{value.literal!r} is no {to} that can be read here")
    return Sql(f"CAST({text_literal(value.literal)} AS {to.duckdb})", to)


def plain_cast(where: Where, node: exp.Cast, value: Sql, to: Type, attempt: bool) -> str:
    given, x = value.type, value.text
    verb = "TRY_CAST" if attempt else "CAST"
    direct = f"{verb}({x} AS {to.duckdb})"
    if given in (to, UNKNOWN):
        return direct
    if given == VARCHAR:
        return of_text(where, node, value, to, attempt)
    if to == VARCHAR:
        return to_text(where, node, value)
    if given.numeric and to.whole and not given.whole:
        # Half away from zero; DuckDB rounds doubles to the even neighbour.
        return f"{verb}(round({x}) AS {to.duckdb})"
    if given.floating and to.kind == "decimal":
        raise where.unsupported(
            node, f"a cast from {given} to {to}", "cast to varchar or round in what writes the table"
        )
    if given.numeric and to.floating:
        return coerced(value, to)
    if given.numeric and to.numeric:
        return direct
    if given == BOOLEAN and (to.whole or to.floating):
        return direct
    times = ("date", "timestamp", "zoned")
    if given.kind in times and to.kind in times:
        return direct
    raise where.mismatch(node, f"Cannot cast {given} to {to}")


def of_text(where: Where, node: exp.Cast, value: Sql, to: Type, attempt: bool) -> str:
    kind = "integer" if to.whole else "double" if to.floating else to.kind
    x, pattern = value.text, text_literal(TEXTS[kind])
    read = f"{'TRY_CAST' if attempt else 'CAST'}({x} AS {to.duckdb})"
    refused = fails(f"INVALID_CAST_ARGUMENT: a text cannot be read as {to} here: only texts like {TEXTS[kind]} are")
    # Trino may read what does not match: only of whole numbers is it known that it does not.
    otherwise = "NULL" if attempt and kind == "integer" else refused
    return f"CASE WHEN {x} IS NULL THEN NULL WHEN regexp_full_match({x}, {pattern}) THEN {read} ELSE {otherwise} END"


def to_text(where: Where, node: exp.Cast, value: Sql) -> str:
    given, x = value.type, value.text
    if given.floating:
        raise where.unsupported(
            node, f"a cast from {given} to varchar", "round and cast to a decimal where it is written"
        )
    if given.kind == "timestamp":
        return f"strftime({x}, '%Y-%m-%d %H:%M:%S.%g')"
    if given.kind == "zoned":
        return f"(strftime({x}, '%Y-%m-%d %H:%M:%S.%g') || ' UTC')"
    return f"CAST({x} AS VARCHAR)"
