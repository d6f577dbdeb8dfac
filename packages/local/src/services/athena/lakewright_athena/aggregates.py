"""Aggregate and window functions (Trino documentation, "Aggregate functions" and "Window functions")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from lakewright_athena.arithmetic import half_up, scaled, unscaled
from lakewright_athena.sql import Sql, Where, boolean, coerced, common_type, fails
from lakewright_athena.types import BIGINT, BOOLEAN, DOUBLE, REAL, UNKNOWN, Type, decimal


@dataclass(frozen=True)
class Aggregate:
    """One call of an aggregate; `over` puts what follows it (FILTER, OVER) behind its text."""

    where: Where
    node: exp.Expr
    name: str
    args: list[Sql]
    distinct: bool
    over: Callable[[str], str]

    def one(self) -> Sql:
        self.count(1, 1)
        if self.distinct and self.name not in ("avg", "count", "max", "min", "sum"):
            raise self.where.unsupported(self.node, f"{self.name}(DISTINCT ...)")
        return self.args[0]

    def count(self, least: int, most: int) -> None:
        if not least <= len(self.args) <= most:
            raise self.where.mismatch(self.node, f"{self.name} does not take {len(self.args)} arguments")

    def of(self, name: str, text: str) -> str:
        return self.over(f"{name}({'DISTINCT ' if self.distinct else ''}{text})")

    def wrong(self, kind: Type) -> Exception:
        return self.where.mismatch(self.node, f"{self.name} cannot be applied to {kind}")


def counted(call: Aggregate) -> Sql:
    if not call.args:
        return Sql(call.over("count(*)"), BIGINT)
    return Sql(call.of("count", call.one().text), BIGINT)


def approx_distinct(call: Aggregate) -> Sql:
    """Counted exactly: within any error that Trino's approximation has."""
    return Sql(call.over(f"count(DISTINCT {call.one().text})"), BIGINT)


def count_if(call: Aggregate) -> Sql:
    condition = boolean(call.where, call.node, call.one(), call.name)
    return Sql(call.over(f"count(CASE WHEN {condition} THEN 1 END)"), BIGINT)


def total(call: Aggregate) -> Sql:
    value = call.one()
    kind = value.type
    if not kind.numeric:
        raise call.wrong(kind)
    if kind.whole:
        return Sql(f"CAST({call.of('sum', value.text)} AS BIGINT)", BIGINT)
    result = decimal(38, kind.scale) if kind.kind == "decimal" else kind
    return Sql(f"CAST({call.of('sum', value.text)} AS {result.duckdb})", result)


def average(call: Aggregate) -> Sql:
    """A decimal's average has its own type, rounded half up: DuckDB makes a double of it."""
    value = call.one()
    kind = value.type
    if not kind.numeric:
        raise call.wrong(kind)
    if kind.kind != "decimal":
        result = REAL if kind == REAL else DOUBLE
        return Sql(f"CAST({call.of('avg', coerced(value, DOUBLE))} AS {result.duckdb})", result)
    if kind.precision + kind.scale + 2 > 38:
        raise call.where.unsupported(call.node, f"avg of {kind}", "cast to a smaller decimal or to double")
    whole, number = call.of("sum", unscaled(value.text, kind)), f"CAST({call.of('count', value.text)} AS HUGEINT)"
    mean = scaled(half_up(whole, number), kind.precision, kind.scale)
    return Sql(f"(CASE WHEN {number} = 0 THEN NULL ELSE {mean} END)", kind)


def extreme(call: Aggregate) -> Sql:
    value = call.one()
    if value.type == UNKNOWN:
        raise call.wrong(value.type)
    text = call.over(f"{call.name}({value.text})")
    if value.type.floating:
        odd = call.over(f"count(CASE WHEN isnan({value.text}) THEN 1 END)")
        text = f"(CASE WHEN {odd} > 0 THEN {fails(f'NOT_SUPPORTED: {call.name} over NaN')} ELSE {text} END)"
    return Sql(text, value.type)


def both(call: Aggregate) -> Sql:
    value = boolean(call.where, call.node, call.one(), call.name)
    return Sql(call.over(f"{'bool_or' if call.name == 'bool_or' else 'bool_and'}({value})"), BOOLEAN)


AGGREGATES: dict[str, Callable[[Aggregate], Sql]] = {
    "approx_distinct": approx_distinct,
    "avg": average,
    "bool_and": both,
    "bool_or": both,
    "count": counted,
    "count_if": count_if,
    "every": both,
    "max": extreme,
    "min": extreme,
    "sum": total,
}


def numbered(call: Aggregate) -> Sql:
    call.count(0, 0)
    return Sql(call.over(f"{call.name}()"), BIGINT)


def share(call: Aggregate) -> Sql:
    call.count(0, 0)
    return Sql(call.over(f"{call.name}()"), DOUBLE)


def tiles(call: Aggregate) -> Sql:
    number = call.one()
    if number.literal is None or not number.literal.isdigit() or int(number.literal) == 0:
        raise call.where.unsupported(call.node, "ntile of anything but a number", "write ntile(4)")
    return Sql(call.over(f"ntile({number.text})"), BIGINT)


def edge(call: Aggregate) -> Sql:
    value = call.one()
    return Sql(call.over(f"{call.name}({value.text})"), value.type)


def neighbour(call: Aggregate) -> Sql:
    call.count(1, 3)
    value, *rest = call.args
    if rest and (rest[0].literal is None or not rest[0].literal.isdigit()):
        raise call.where.unsupported(call.node, f"{call.name} by anything but a number")
    kind = common_type(call.where, call.node, [value, *rest[1:]], call.name)
    if kind != value.type:
        raise call.where.mismatch(call.node, f"{call.name}: the default is {kind}, the value {value.type}")
    texts = [value.text, *(item.text for item in rest[:1]), *(coerced(item, kind) for item in rest[1:])]
    return Sql(call.over(f"{call.name}({', '.join(texts)})"), kind)


WINDOW_ONLY: dict[str, Callable[[Aggregate], Sql]] = {
    "cume_dist": share,
    "dense_rank": numbered,
    "first_value": edge,
    "lag": neighbour,
    "last_value": edge,
    "lead": neighbour,
    "ntile": tiles,
    "percent_rank": share,
    "rank": numbered,
    "row_number": numbered,
}
