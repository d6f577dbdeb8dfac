"""Scalar functions that may be used, each as Trino documents it; what is not listed is refused by name.

Source: Trino documentation, "Functions and operators": string, mathematical, date and time, JSON, conditional.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from lakewright_athena.arithmetic import arithmetic
from lakewright_athena.casts import TEXTS
from lakewright_athena.sql import Sql, Where, coerced, common_type, compared, fails, text_literal
from lakewright_athena.types import BIGINT, BOOLEAN, DATE, DOUBLE, TIMESTAMP, VARCHAR, ZONED, Type, decimal

# White space of Java (Character.isWhitespace), which Trino trims.
SPACES = "".join(map(chr, [*range(9, 14), *range(28, 33), 0x1680, *range(0x2000, 0x2007), *range(0x2008, 0x200B)]))
SPACES += "\u2028\u2029\u205f\u3000"
UNITS = ("millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year")
TRUNCATIONS = UNITS[1:]
# Of MySQL's formats (Trino: "MySQL date functions") those that strftime has the same.
FORMATS = {
    **{letter: f"%{letter}" for letter in "YmdHSjyab"},
    "i": "%M",
    "s": "%S",
    "M": "%B",
    "W": "%A",
    "%": "%%",
}


@dataclass(frozen=True)
class Call:
    """One call: what its rule may look at."""

    where: Where
    node: exp.Expr
    name: str
    args: list[Sql]
    now: str

    def wrong(self, message: str) -> Exception:
        return self.where.mismatch(self.node, f"{self.name}: {message}")

    def text(self, place: int) -> str:
        return self.of(place, VARCHAR)

    def of(self, place: int, wanted: Type) -> str:
        """The argument as that type, to which it must widen."""
        value = self.args[place]
        if common_type(self.where, self.node, [value, Sql("", wanted)], self.name) != wanted:
            raise self.wrong(f"argument {place + 1} must be {wanted}, not {value.type}")
        return coerced(value, wanted)

    def literal(self, place: int) -> str:
        value = self.args[place].literal
        if value is None:
            raise self.wrong(f"argument {place + 1} must be a literal here")
        return value

    def unit(self, place: int, known: Sequence[str]) -> str:
        unit = self.literal(place).lower()
        if unit not in known:
            raise self.wrong(f"{unit!r} is none of {', '.join(known)}")
        return unit

    def moment(self, place: int) -> Sql:
        value = self.args[place]
        if value.type != DATE and not value.type.moment:
            raise self.wrong(f"argument {place + 1} must be a date or timestamp, not {value.type}")
        return value


Scalar = Callable[[Call], Sql]


def texts(template: str, kind: Type) -> Scalar:
    """A function of texts: `{0}` is its first argument."""
    return lambda call: Sql(template.format(*(call.text(place) for place in range(len(call.args)))), kind)


def doubles(name: str) -> Scalar:
    return lambda call: Sql(f"{name}({', '.join(call.of(place, DOUBLE) for place in range(len(call.args)))})", DOUBLE)


def concat(call: Call) -> Sql:
    """NULL where any is NULL; DuckDB's own concat leaves NULLs out."""
    return Sql(f"({' || '.join(call.text(place) for place in range(len(call.args)))})", VARCHAR)


def substr(call: Call) -> Sql:
    """From 1, or from the end; nothing where it begins before the text: DuckDB would begin at its start."""
    x, start = call.text(0), call.of(1, BIGINT)
    length = f", greatest({call.of(2, BIGINT)}, 0)" if len(call.args) == 3 else ""
    text = f"substr({x}, {start}{length})"
    null = " OR ".join(f"{argument.text} IS NULL" for argument in call.args)
    outside = f"{start} = 0 OR {start} > length({x}) OR - {start} > length({x})"
    return Sql(f"(CASE WHEN {null} THEN NULL WHEN {outside} THEN '' ELSE {text} END)", VARCHAR)


def split_part(call: Call) -> Sql:
    """NULL beyond the last field, where DuckDB gives an empty text."""
    x, delimiter, index = call.text(0), call.text(1), call.of(2, BIGINT)
    fields = f"string_split({x}, {delimiter})"
    wrong = fails("INVALID_FUNCTION_ARGUMENT: Index must be greater than zero")
    empty = fails("INVALID_FUNCTION_ARGUMENT: an empty delimiter is not read here")
    return Sql(
        f"(CASE WHEN {x} IS NULL OR {delimiter} IS NULL OR {index} IS NULL THEN NULL WHEN {index} <= 0 THEN {wrong} "
        f"WHEN {delimiter} = '' THEN {empty} WHEN {index} > len({fields}) THEN NULL "
        f"ELSE {fields}[{index}] END)",
        VARCHAR,
    )


def replace(call: Call) -> Sql:
    x, search = call.text(0), call.text(1)
    by = call.text(2) if len(call.args) == 3 else "''"
    empty = fails("INVALID_FUNCTION_ARGUMENT: replace of an empty text is not done here")
    return Sql(f"(CASE WHEN {search} = '' THEN {empty} ELSE replace({x}, {search}, {by}) END)", VARCHAR)


def regexp_like(call: Call) -> Sql:
    """Only patterns that mean the same to Trino's engine and to RE2: no escapes but of signs, no groups with `?`."""
    pattern = call.literal(1)
    if re.search(r"\\[a-zA-Z0-9]|\(\?|\$(?!$)|[^\x20-\x7e]|\[[^\]]*(\[|&&)", pattern) or re.search(
        r"[*+?}][+?]", pattern
    ):
        raise call.where.unsupported(call.node, f"the pattern {pattern!r}", "use LIKE, or classes such as [0-9]")
    if pattern.endswith("$") and not pattern.endswith("\\$"):
        # There `$` is also before a line's end that ends the text.
        pattern = pattern[:-1] + r"\n?\z"
    return Sql(f"regexp_matches({call.text(0)}, {text_literal(pattern)})", BOOLEAN)


def rounded(call: Call) -> Sql:
    """Half away from zero; a decimal keeps its scale, which DuckDB would take from it."""
    value = call.args[0]
    if not value.type.numeric:
        raise call.wrong(f"cannot be applied to {value.type}")
    digits = f", {int(call.literal(1))}" if len(call.args) == 2 else ""
    if digits and (value.type.whole or value.type.kind == "real" or int(call.literal(1)) < 0):
        raise call.where.unsupported(
            call.node, f"round of {value.type} to {call.literal(1)} digits", "cast to double first"
        )
    if value.type.kind != "decimal":
        text = value.text if value.type.whole else f"round({value.text}{digits})"
        return Sql(f"CAST({text} AS {value.type.duckdb})", value.type)
    p, s = value.type.precision, value.type.scale
    kind = decimal(min(38, p + 1), s) if digits else decimal(min(38, p - s + min(s, 1)), 0)
    return Sql(f"CAST(round(CAST({value.text} AS DECIMAL({min(38, p + 1)},{s})){digits}) AS {kind.duckdb})", kind)


def whole_up_or_down(name: str) -> Scalar:
    def rule(call: Call) -> Sql:
        value = call.args[0]
        if not value.type.numeric:
            raise call.wrong(f"cannot be applied to {value.type}")
        kind = value.type
        if kind.kind == "decimal":
            kind = decimal(min(38, kind.precision - kind.scale + min(kind.scale, 1)), 0)
        return Sql(f"CAST({value.text if value.type.whole else f'{name}({value.text})'} AS {kind.duckdb})", kind)

    return rule


def absolute(call: Call) -> Sql:
    value = call.args[0]
    if not value.type.numeric:
        raise call.wrong(f"cannot be applied to {value.type}")
    return Sql(f"CAST(abs({value.text}) AS {value.type.duckdb})", value.type)


def extreme(name: str) -> Scalar:
    """NULL where any is NULL; DuckDB's own leave NULLs out."""

    def rule(call: Call) -> Sql:
        kind = common_type(call.where, call.node, call.args, call.name)
        if kind.floating:
            raise call.where.unsupported(call.node, f"{call.name} of {kind}", "use CASE")
        values = [coerced(value, kind) for value in call.args]
        null = " OR ".join(f"{value} IS NULL" for value in values)
        return Sql(f"(CASE WHEN {null} THEN NULL ELSE {name}({', '.join(values)}) END)", kind)

    return rule


def coalesce(call: Call) -> Sql:
    kind = common_type(call.where, call.node, call.args, call.name)
    return Sql(f"COALESCE({', '.join(coerced(value, kind) for value in call.args)})", kind)


def nullif(call: Call) -> Sql:
    a, b = call.args
    equal = compared("=", a, b, common_type(call.where, call.node, call.args, call.name))
    return Sql(f"(CASE WHEN {equal.text} THEN NULL ELSE {a.text} END)", a.type)


def part(field: str, clock: bool = False) -> Scalar:
    """A part of a moment, as bigint."""

    def rule(call: Call) -> Sql:
        value = call.moment(0)
        if clock and value.type == DATE:
            raise call.wrong("a date has no time of day")
        return Sql(f"CAST(date_part('{field}', {value.text}) AS BIGINT)", BIGINT)

    return rule


def date_trunc(call: Call) -> Sql:
    unit, value = call.unit(0, TRUNCATIONS), call.moment(1)
    if value.type == DATE and unit in ("second", "minute", "hour"):
        raise call.wrong(f"'{unit}' is no field of a date")
    return Sql(f"CAST(date_trunc('{unit}', {value.text}) AS {value.type.duckdb})", value.type)


def date_add(call: Call) -> Sql:
    unit, count, value = call.unit(0, UNITS), call.of(1, BIGINT), call.moment(2)
    if value.type == DATE and unit in ("millisecond", "second", "minute", "hour"):
        raise call.wrong(f"'{unit}' is no field of a date")
    return Sql(f"CAST(({value.text} + to_{plural(unit)}({count})) AS {value.type.duckdb})", value.type)


def plural(unit: str) -> str:
    return f"{unit[:-1]}ies" if unit.endswith("y") and unit != "day" else f"{unit}s"


def date_diff(call: Call) -> Sql:
    """Whole units from the first to the second: DuckDB's own date_diff counts boundaries."""
    unit, start, end = call.unit(0, UNITS), call.moment(1), call.moment(2)
    kind = common_type(call.where, call.node, [start, end], call.name)
    if kind == DATE and unit in ("millisecond", "second", "minute", "hour"):
        raise call.wrong(f"'{unit}' is no field of a date")
    return Sql(f"CAST(date_sub('{unit}', {coerced(start, kind)}, {coerced(end, kind)}) AS BIGINT)", BIGINT)


def date_format(call: Call) -> Sql:
    pattern = call.literal(1)
    parts = re.findall(r"%(.)|([^%]+)", pattern)
    unknown = [letter for letter, _ in parts if letter and letter not in FORMATS]
    if unknown or pattern.endswith("%") and not pattern.endswith("%%"):
        raise call.where.unsupported(call.node, f"the format {pattern!r}", f"of these: %{', %'.join(FORMATS)}")
    written = "".join(FORMATS[letter] if letter else text for letter, text in parts)
    return Sql(f"strftime({coerced(call.moment(0), TIMESTAMP)}, {text_literal(written)})", VARCHAR)


def to_date(call: Call) -> Sql:
    value = call.args[0]
    if value.type != VARCHAR:
        return Sql(f"CAST({call.moment(0).text} AS DATE)", DATE)
    refused = fails(f"INVALID_CAST_ARGUMENT: a text cannot be read as date here: only texts like {TEXTS['date']} are")
    x, pattern = value.text, text_literal(TEXTS["date"])
    read = f"WHEN regexp_full_match({x}, {pattern}) THEN CAST({x} AS DATE)"
    return Sql(f"(CASE WHEN {x} IS NULL THEN NULL {read} ELSE {refused} END)", DATE)


def json_extract_scalar(call: Call) -> Sql:
    """A text, whole number or boolean at the path; NULL for an object, an array, and what is no JSON."""
    path = call.literal(1)
    if not re.fullmatch(r"\$(\.[A-Za-z_][A-Za-z0-9_]*|\[[0-9]+\])*", path):
        raise call.where.unsupported(call.node, f"the path {path!r}", "write $.name and $[0]")
    x, at = call.text(0), text_literal(path)
    fraction = fails("NOT_SUPPORTED: json_extract_scalar of a number with a fraction is not written as Trino would")
    return Sql(
        f"(CASE WHEN {x} IS NULL OR NOT json_valid({x}) THEN NULL ELSE CASE json_type({x}, {at}) "
        f"WHEN 'OBJECT' THEN NULL WHEN 'ARRAY' THEN NULL WHEN 'NULL' THEN NULL WHEN 'DOUBLE' THEN {fraction} "
        f"ELSE json_extract_string({x}, {at}) END END)",
        VARCHAR,
    )


def trimmed(name: str) -> Scalar:
    """White space off; DuckDB takes blanks alone."""
    return lambda call: Sql(f"{name}({call.text(0)}, {text_literal(SPACES)})", VARCHAR)


def upper(call: Call) -> Sql:
    """One letter for one, as Java has it: DuckDB knows a capital of the sharp s."""
    kept = f"upper(replace({call.text(0)}, 'ß', chr({0xE000})))"
    return Sql(f"replace({kept}, chr({0xE000}), 'ß')", VARCHAR)


def padded(name: str) -> Scalar:
    def rule(call: Call) -> Sql:
        x, length, by = call.text(0), call.of(1, BIGINT), call.text(2)
        wrong = fails(f"INVALID_FUNCTION_ARGUMENT: {name} needs a length of 0 or more and a text to pad with")
        odd = f"{length} < 0 OR {by} = ''"
        return Sql(f"(CASE WHEN {odd} THEN {wrong} ELSE {name}({x}, CAST({length} AS INTEGER), {by}) END)", VARCHAR)

    return rule


def modulus(call: Call) -> Sql:
    return arithmetic(call.where, exp.Mod(this=call.node, expression=call.node), call.args[0], call.args[1])


# By name: the least and most arguments, and the rule.
SCALARS: dict[str, tuple[int, int, Scalar]] = {
    "abs": (1, 1, absolute),
    "ceil": (1, 1, whole_up_or_down("ceil")),
    "ceiling": (1, 1, whole_up_or_down("ceil")),
    "chr": (1, 1, lambda call: Sql(f"chr(CAST({call.of(0, BIGINT)} AS INTEGER))", VARCHAR)),
    "coalesce": (2, 99, coalesce),
    "concat": (2, 99, concat),
    "date": (1, 1, to_date),
    "date_add": (3, 3, date_add),
    "date_diff": (3, 3, date_diff),
    "date_format": (2, 2, date_format),
    "date_trunc": (2, 2, date_trunc),
    "day": (1, 1, part("day")),
    "day_of_month": (1, 1, part("day")),
    "day_of_week": (1, 1, part("isodow")),
    "day_of_year": (1, 1, part("doy")),
    "dow": (1, 1, part("isodow")),
    "doy": (1, 1, part("doy")),
    "exp": (1, 1, doubles("exp")),
    "floor": (1, 1, whole_up_or_down("floor")),
    "greatest": (2, 99, extreme("greatest")),
    "hour": (1, 1, part("hour", clock=True)),
    "json_extract_scalar": (2, 2, json_extract_scalar),
    "least": (2, 99, extreme("least")),
    "length": (1, 1, texts("CAST(length({0}) AS BIGINT)", BIGINT)),
    "ln": (1, 1, doubles("ln")),
    "lower": (1, 1, texts("lower({0})", VARCHAR)),
    "lpad": (3, 3, padded("lpad")),
    "ltrim": (1, 1, trimmed("ltrim")),
    "minute": (1, 1, part("minute", clock=True)),
    "mod": (2, 2, modulus),
    "month": (1, 1, part("month")),
    "now": (0, 0, lambda call: Sql(f"CAST('{call.now}' AS TIMESTAMP)", ZONED)),
    "nullif": (2, 2, nullif),
    "pow": (2, 2, doubles("pow")),
    "power": (2, 2, doubles("pow")),
    "quarter": (1, 1, part("quarter")),
    "regexp_like": (2, 2, regexp_like),
    "replace": (2, 3, replace),
    "round": (1, 2, rounded),
    "rpad": (3, 3, padded("rpad")),
    "rtrim": (1, 1, trimmed("rtrim")),
    "second": (1, 1, part("second", clock=True)),
    "split_part": (3, 3, split_part),
    "sqrt": (1, 1, doubles("sqrt")),
    "starts_with": (2, 2, texts("starts_with({0}, {1})", BOOLEAN)),
    "strpos": (2, 2, texts("CAST(strpos({0}, {1}) AS BIGINT)", BIGINT)),
    "substr": (2, 3, substr),
    "substring": (2, 3, substr),
    "trim": (1, 1, trimmed("trim")),
    "upper": (1, 1, upper),
    "week": (1, 1, part("week")),
    "year": (1, 1, part("year")),
}
