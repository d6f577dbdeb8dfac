"""Values as Athena writes them: into the CSV of a result, and into GetQueryResults."""

import struct
from decimal import Decimal
from typing import Any

from lakewright_athena.types import Type


def rendered(value: Any, kind: Type) -> str | None:
    if value is None:
        return None
    match kind.kind:
        case "boolean":
            return "true" if value else "false"
        case "double":
            return java_number(repr(value))
        case "real":
            return java_number(shortest_float(value))
        case "decimal":
            return f"{Decimal(value):.{kind.scale}f}"
        case "timestamp":
            return str(value.isoformat(sep=" ", timespec="milliseconds"))
        case "zoned":
            return f"{value.isoformat(sep=' ', timespec='milliseconds')} UTC"
    return str(value)


def shortest_float(value: float) -> str:
    """The shortest digits that are this 32-bit number."""
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        if struct.pack("f", float(text)) == struct.pack("f", value):
            return repr(float(text))
    return repr(value)


def java_number(text: str) -> str:
    """A double as Java's Double.toString has it: 1.0, 1.0E10, 1.0E-5 (plain from 0.001 to 10,000,000)."""
    names = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
    if text in names:
        return names[text]
    sign, digits, exponent = Decimal(text).as_tuple()
    assert isinstance(exponent, int)
    figures = "".join(map(str, digits)).rstrip("0") or "0"
    if figures == "0":
        return "-0.0" if text.startswith("-") else "0.0"
    power = len(digits) + exponent - 1
    minus = "-" if sign else ""
    if -3 <= power < 7:
        plain = f"{Decimal(text):f}"
        return plain if "." in plain else f"{plain}.0"
    return f"{minus}{figures[0]}.{figures[1:] or '0'}E{power}"


def csv_line(values: list[str | None]) -> str:
    """Every value in quotes, a NULL as nothing at all (Athena User Guide, "Work with query results")."""
    return ",".join("" if value is None else '"' + value.replace('"', '""') + '"' for value in values) + "\n"


def tab_line(values: list[str | None]) -> str:
    return "\t".join(value or "" for value in values) + "\n"
