"""information_schema, SHOW and DESCRIBE (Athena User Guide, "Query the AWS Glue Data Catalog")."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lakewright_athena.catalog import CATALOG, Catalog, Table
from lakewright_athena.errors import QueryError
from lakewright_athena.scope import Output
from lakewright_athena.sql import text_literal
from lakewright_athena.types import BIGINT, VARCHAR, Type


def outputs(*names: str) -> tuple[Output, ...]:
    return tuple(Output(name, BIGINT if name == "ordinal_position" else VARCHAR) for name in names)


COLUMNS = {
    "schemata": outputs("catalog_name", "schema_name"),
    "tables": outputs("table_catalog", "table_schema", "table_name", "table_type"),
    "columns": outputs(
        *("table_catalog", "table_schema", "table_name", "column_name", "ordinal_position"),
        *("column_default", "is_nullable", "data_type", "extra_info", "comment"),
    ),
}


def rows(name: str, catalog: Catalog) -> str:
    """The rows of one of its tables, as SQL."""
    kinds = [column.type for column in COLUMNS[name]]
    lines = [
        f"({', '.join(cell(v, kind) for v, kind in zip(row, kinds, strict=True))})" for row in found(name, catalog)
    ]
    if lines:
        return f"VALUES {', '.join(lines)}"
    return f"SELECT {', '.join(cell(None, kind) for kind in kinds)} WHERE FALSE"


def cell(value: str | int | None, kind: Type) -> str:
    return f"CAST({'NULL' if value is None else text_literal(str(value))} AS {kind.duckdb})"


def found(name: str, catalog: Catalog) -> Iterable[tuple[str | int | None, ...]]:
    for database in catalog.databases():
        if name == "schemata":
            yield (CATALOG, database)
            continue
        for table in catalog.tables(database):
            if name == "tables":
                yield (CATALOG, database, table.name, "VIEW" if table.view else "BASE TABLE")
                continue
            yield from columns(table)


def columns(table: Table) -> Iterable[tuple[str | int | None, ...]]:
    for place, column in enumerate(table.all_columns, start=1):
        kind = str(column.type) if column.type else column.hive_type
        extra = "partition key" if place > len(table.columns) else None
        yield (
            *(CATALOG, table.database, table.name, column.name, place),
            *(None, "YES", kind, extra, column.comment or None),
        )


@dataclass(frozen=True)
class Shown:
    """The answer of SHOW or DESCRIBE."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


NAME = r'(?:"([^"]+)"|`([^`]+)`|([A-Za-z_][A-Za-z0-9_]*))'
IN = r"(?:in|from)"
TABLE_NAME = rf"(?:(?:{NAME}\.)?{NAME}\.)?{NAME}"


def show(sql: str, catalog: Catalog, database: str) -> Shown | None:
    """Answers SHOW DATABASES|SCHEMAS|TABLES|COLUMNS|PARTITIONS and DESCRIBE; None for any other statement."""
    text = sql.strip()
    if re.fullmatch(r"show\s+(databases|schemas)", text, re.I):
        return Shown(("database_name",), [(name,) for name in catalog.databases()])
    match = re.fullmatch(rf"show\s+tables(?:\s+{IN}\s+{NAME})?(?:\s+'([^']*)')?", text, re.I)
    if match:
        name = (match[1] or match[2] or match[3] or database).lower()
        require_database(catalog, name)
        wanted = re.compile((match[4] or "*").replace("*", ".*"), re.I)
        names = [table.name for table in catalog.tables(name)]
        return Shown(("tab_name",), [(table,) for table in names if wanted.fullmatch(table)])
    match = re.fullmatch(rf"show\s+columns\s+{IN}\s+{TABLE_NAME}(?:\s+{IN}\s+{NAME})?", text, re.I)
    if match:
        named = table_of(match.groups()[:9], catalog, (match[10] or match[11] or match[12] or database).lower())
        return Shown(("field",), [(column.name,) for column in named.all_columns])
    match = re.fullmatch(rf"show\s+partitions\s+{TABLE_NAME}", text, re.I)
    if match:
        named = table_of(match.groups(), catalog, database)
        keys = [key.name for key in named.partition_keys]
        lines = ["/".join(f"{k}={v}" for k, v in zip(keys, p.values, strict=True)) for p in catalog.partitions(named)]
        return Shown(("partition",), [(line,) for line in sorted(lines)])
    match = re.fullmatch(rf"(?:describe|desc)\s+{TABLE_NAME}", text, re.I)
    if match:
        named = table_of(match.groups(), catalog, database)
        described: list[tuple[str, ...]] = [
            (column.name, column.hive_type, column.comment) for column in named.all_columns
        ]
        return Shown(("col_name", "data_type", "comment"), described)
    return None


def require_database(catalog: Catalog, name: str) -> None:
    if not catalog.has_database(name):
        raise QueryError("SCHEMA_NOT_FOUND", f"Schema '{name}' does not exist")


def table_of(parts: tuple[str | None, ...], catalog: Catalog, database: str) -> Table:
    names = [next((part for part in parts[at : at + 3] if part), None) for at in (0, 3, 6)]
    owner = (names[1] or database).lower()
    table = catalog.table(owner, str(names[2]).lower())
    if table is None or (names[0] or CATALOG).lower() != CATALOG:
        raise QueryError("TABLE_NOT_FOUND", f"Table '{CATALOG}.{owner}.{names[2]}' does not exist")
    return table
