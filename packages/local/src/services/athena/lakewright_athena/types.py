"""Types of Trino as far as queries here may use them, and what DuckDB keeps them in.

Source: Trino documentation, "Data types"; Athena User Guide, "Data types in Amazon Athena".
"""

import re
from dataclasses import dataclass

MAX_PRECISION = 38


@dataclass(frozen=True)
class Type:
    """`precision` and `scale` are of decimals."""

    kind: str
    precision: int = 0
    scale: int = 0

    def __str__(self) -> str:
        return f"decimal({self.precision},{self.scale})" if self.kind == "decimal" else NAMES.get(self.kind, self.kind)

    @property
    def duckdb(self) -> str:
        if self.kind == "decimal":
            return f"DECIMAL({self.precision},{self.scale})"
        return DUCKDB[self.kind]

    @property
    def numeric(self) -> bool:
        return self.kind in NUMERIC

    @property
    def whole(self) -> bool:
        return self.kind in INTEGERS

    @property
    def floating(self) -> bool:
        return self.kind in ("real", "double")

    @property
    def moment(self) -> bool:
        return self.kind in ("timestamp", "zoned")


BOOLEAN = Type("boolean")
INTEGER = Type("integer")
BIGINT = Type("bigint")
REAL = Type("real")
DOUBLE = Type("double")
VARCHAR = Type("varchar")
DATE = Type("date")
TIMESTAMP = Type("timestamp")
# A timestamp with time zone: always of UTC here, which is the zone of an Athena session.
ZONED = Type("zoned")
# The type of NULL: it becomes every other.
UNKNOWN = Type("unknown")

INTEGERS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}
NUMERIC = [*INTEGERS, "decimal", "real", "double"]
NAMES = {"zoned": "timestamp with time zone"}
DUCKDB = {
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "real": "FLOAT",
    "double": "DOUBLE",
    "varchar": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "zoned": "TIMESTAMP",
    "unknown": "VARCHAR",
}
# Glue names the types of columns as Hive does.
HIVE = {
    "boolean": BOOLEAN,
    "tinyint": Type("tinyint"),
    "smallint": Type("smallint"),
    "int": INTEGER,
    "integer": INTEGER,
    "bigint": BIGINT,
    "float": REAL,
    "double": DOUBLE,
    "string": VARCHAR,
    "varchar": VARCHAR,
    "date": DATE,
    "timestamp": TIMESTAMP,
}


def decimal(precision: int, scale: int) -> Type:
    return Type("decimal", precision, scale)


def of_hive(name: str) -> Type | None:
    """The type of a catalog's column; None for one that cannot be queried here (binary, char, array, map, struct)."""
    text = name.strip().lower()
    match = re.fullmatch(r"decimal(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?", text)
    if match:
        return decimal(int(match[1] or 10), int(match[2] or 0))
    return HIVE.get(re.sub(r"^varchar\(\d+\)$", "varchar", text))


def as_decimal(kind: Type) -> Type:
    return kind if kind.kind == "decimal" else decimal(INTEGERS[kind.kind], 0)


def common(a: Type, b: Type) -> Type | None:
    """What both become where they meet (a comparison, CASE, UNION); None where Trino would refuse."""
    if a == b or b == UNKNOWN:
        return a
    if a == UNKNOWN:
        return b
    if a.numeric and b.numeric:
        return common_number(a, b)
    times = ["date", "timestamp", "zoned"]
    if a.kind in times and b.kind in times:
        return max(a, b, key=lambda kind: times.index(kind.kind))
    return None


def common_number(a: Type, b: Type) -> Type | None:
    if a.floating or b.floating:
        # A decimal and a real meet in real: too coarse to be what anybody wants, and refused by nobody but here.
        mixed = "decimal" in (a.kind, b.kind) and "real" in (a.kind, b.kind)
        return None if mixed else (DOUBLE if "double" in (a.kind, b.kind) else REAL)
    if a.kind == "decimal" or b.kind == "decimal":
        x, y = as_decimal(a), as_decimal(b)
        scale = max(x.scale, y.scale)
        precision = max(x.precision - x.scale, y.precision - y.scale) + scale
        return decimal(precision, scale) if precision <= MAX_PRECISION else None
    return max(a, b, key=lambda kind: INTEGERS[kind.kind])
