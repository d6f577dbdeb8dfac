"""Arithmetic as Trino types and rounds it (Trino documentation, "Mathematical functions" and "Decimal functions")."""

from sqlglot import exp

from lakewright_athena.sql import Sql, Where, coerced, common_type, fails
from lakewright_athena.types import DATE, MAX_PRECISION, UNKNOWN, Type, as_decimal, decimal

OPERATORS: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}
DAYS = ("day", "month", "year")
CLOCK = ("second", "minute", "hour")
NO_ZERO = fails("DIVISION_BY_ZERO: Division by zero")


def arithmetic(where: Where, node: exp.Expr, left: Sql, right: Sql) -> Sql:
    operator = OPERATORS[type(node)]
    if not all(value.type.numeric or value.type == UNKNOWN for value in (left, right)):
        raise where.mismatch(node, f"'{operator}' cannot be applied to {left.type}, {right.type}")
    if "decimal" in (left.type.kind, right.type.kind) and not (left.type.floating or right.type.floating):
        return decimals(where, node, operator, left, right)
    kind = common_type(where, node, [left, right], f"'{operator}'")
    if kind == UNKNOWN:
        raise where.mismatch(node, f"'{operator}' cannot be applied to {left.type}, {right.type}")
    a, b = coerced(left, kind), coerced(right, kind)
    if kind.floating:
        return Sql(f"CAST({a} {operator} {b} AS {kind.duckdb})", kind)
    if operator in ("/", "%"):
        # Whole division drops the fraction; by zero it fails where DuckDB gives NULL.
        sign = "//" if operator == "/" else "%"
        return Sql(f"CAST(CASE WHEN {b} = 0 THEN {NO_ZERO} ELSE {a} {sign} {b} END AS {kind.duckdb})", kind)
    return Sql(f"CAST(({a} {operator} {b}) AS {kind.duckdb})", kind)


def decimals(where: Where, node: exp.Expr, operator: str, left: Sql, right: Sql) -> Sql:
    # A NULL without a type takes the other's.
    x = as_decimal(right.type if left.type == UNKNOWN else left.type)
    y = as_decimal(left.type if right.type == UNKNOWN else right.type)
    a, b = coerced(left, x), coerced(right, y)
    if operator in "+-":
        scale = max(x.scale, y.scale)
        precision = min(MAX_PRECISION, max(x.precision - x.scale, y.precision - y.scale) + scale + 1)
        return Sql(f"CAST(({a} {operator} {b}) AS DECIMAL({precision},{scale}))", decimal(precision, scale))
    if operator == "*":
        precision, scale = x.precision + y.precision, x.scale + y.scale
        if precision > MAX_PRECISION:
            raise where.unsupported(node, f"{x} * {y}", "cast to smaller decimals first")
        return Sql(f"CAST(({a} * {b}) AS DECIMAL({precision},{scale}))", decimal(precision, scale))
    if operator == "/":
        return decimal_quotient(where, node, (a, x), (b, y))
    raise where.unsupported(node, "the modulus of decimals", "cast to whole numbers first")


def decimal_quotient(where: Where, node: exp.Expr, left: tuple[str, Type], right: tuple[str, Type]) -> Sql:
    """Exact, rounded half up, over whole numbers of the last digits: DuckDB divides decimals as doubles."""
    (a, x), (b, y) = left, right
    scale = max(x.scale, y.scale)
    precision = min(MAX_PRECISION, x.precision + y.scale + max(0, y.scale - x.scale))
    shift = scale - x.scale + y.scale
    if x.precision + shift + 1 > MAX_PRECISION or precision + scale + 1 > MAX_PRECISION:
        raise where.unsupported(node, f"{x} / {y}", "cast to smaller decimals, or one side to double")
    dividend = f"({unscaled(a, x)} * CAST({10**shift} AS HUGEINT))"
    divisor = unscaled(b, y)
    quotient = half_up(dividend, divisor)
    return Sql(
        f"(CASE WHEN {b} = 0 THEN {NO_ZERO} ELSE {scaled(quotient, precision, scale)} END)", decimal(precision, scale)
    )


def unscaled(text: str, kind: Type) -> str:
    """A decimal as the whole number of its last digit: 1.50 as 150."""
    if kind.precision + kind.scale + 1 <= MAX_PRECISION:
        factor = f"CAST({10**kind.scale} AS DECIMAL({kind.scale + 1},0))"
        return f"CAST(({text} * {factor}) AS HUGEINT)"
    return f"CAST(replace(CAST({text} AS VARCHAR), '.', '') AS HUGEINT)"


def half_up(dividend: str, divisor: str) -> str:
    """The quotient of whole numbers, halves rounded away from zero."""
    a, b = f"abs({dividend})", f"abs({divisor})"
    return f"((2 * {a} + {b}) // (2 * {b}) * CAST(sign({dividend}) * sign({divisor}) AS HUGEINT))"


def scaled(whole: str, precision: int, scale: int) -> str:
    """The decimal of that scale whose last digits are the whole number."""
    if scale == 0:
        return f"CAST({whole} AS DECIMAL({precision},0))"
    last = f"CAST({10**-scale:.{scale}f} AS DECIMAL({scale + 1},{scale}))"
    room = min(MAX_PRECISION - scale - 1, precision + 1)
    return f"CAST(CAST({whole} AS DECIMAL({room},0)) * {last} AS DECIMAL({precision},{scale}))"


def with_interval(where: Where, node: exp.Expr, moment: Sql, interval: exp.Interval) -> Sql:
    """A date or timestamp plus or minus an interval: DuckDB makes a timestamp of a date."""
    unit = str(interval.args["unit"].name).lower() if interval.args.get("unit") else ""
    number = interval.this
    if unit not in DAYS + CLOCK or not isinstance(number, exp.Literal):
        raise where.unsupported(
            node, "this interval", "write interval '1' day (second, minute, hour, day, month, year)"
        )
    count = number.name.strip()
    if not count.removeprefix("-").isdigit():
        raise where.mismatch(node, f"{count!r} is no whole number of an interval")
    if moment.type == DATE and unit in CLOCK:
        raise where.mismatch(node, f"Cannot add {unit} to a date")
    if moment.type != DATE and not moment.type.moment:
        raise where.mismatch(node, f"an interval cannot be added to {moment.type}")
    operator = "+" if isinstance(node, exp.Add) else "-"
    text = f"({moment.text} {operator} to_{unit}s({int(count)}))"
    return Sql(f"CAST({text} AS {moment.type.duckdb})", moment.type)
