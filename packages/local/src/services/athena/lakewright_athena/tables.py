"""Files of a table, and what of them a query reads: the live files of Hudi by hudi-rs, Parquet by Arrow."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import hudi
import pyarrow
from pyarrow import dataset, fs, parquet

from lakewright_athena.catalog import HUDI_INPUT, HUDI_REALTIME, PARQUET_INPUT, Catalog, Table
from lakewright_athena.errors import QueryError
from lakewright_athena.types import Type


@dataclass(frozen=True)
class Storage:
    """S3 of this machine."""

    endpoint: str
    region: str

    def filesystem(self) -> Any:
        return fs.S3FileSystem(
            access_key="test", secret_key="test", endpoint_override=self.endpoint, region=self.region, scheme="http"
        )

    def hudi_options(self) -> dict[str, str]:
        return {
            "aws_endpoint_url": self.endpoint,
            "aws_allow_http": "true",
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
            "aws_region": self.region,
        }


@dataclass(frozen=True)
class Scan:
    """What stands for a table in DuckDB: a relation over Arrow, and the SQL that makes the catalog's columns of it."""

    data: Any
    expressions: dict[str, str]
    bytes: int


@dataclass(frozen=True)
class DataFile:
    path: str
    partition: tuple[str, ...]


def scan(table: Table, columns: set[str], catalog: Catalog, storage: Storage) -> Scan:
    """Reads nothing but the footers: DuckDB pulls the rows, of these columns and with its filters pushed down."""
    filesystem = storage.filesystem()
    files = list(live_files(table, catalog, storage, filesystem))
    wanted = [column for column in table.columns if column.name in columns]
    footers = [parquet.ParquetFile(file.path, filesystem=filesystem).metadata for file in files]
    physical = [physical_schema(footer) for footer in footers]
    expressions: dict[str, str] = {}
    fields: list[Any] = []
    for column in wanted:
        field = one_field(table, column.name, physical)
        if field is None:
            assert column.type is not None
            expressions[column.name] = f"CAST(NULL AS {column.type.duckdb})"
            continue
        fields.append(field)
        expressions[column.name] = converted(table, column.name, column.type, field)
    for place, key in enumerate(table.partition_keys):
        if key.name in columns:
            assert key.type is not None
            fields.append(pyarrow.field(f"partition {place}", pyarrow.string()))
            expressions[key.name] = f'CAST("partition {place}" AS {key.type.duckdb})'
    # A relation without a column has no rows either: COUNT(*) needs one.
    fields.append(pyarrow.field("any row", pyarrow.bool_()))
    data = files_dataset(files, pyarrow.schema(fields), filesystem)
    names = {field.name for field in fields}
    scanned = sum(column_bytes(footer, names) for footer in footers)
    return Scan(data, expressions, scanned)


def live_files(table: Table, catalog: Catalog, storage: Storage, filesystem: Any) -> Iterable[DataFile]:
    if table.view:
        raise QueryError("NOT_SUPPORTED", f"{table.database}.{table.name} is a view: query its tables")
    readers: dict[str, Callable[[str], list[str]]] = {
        HUDI_INPUT: lambda location: hudi_files(table, storage),
        PARQUET_INPUT: lambda location: folder_files(location, filesystem),
    }
    reader = readers.get(table.input_format)
    if reader is None:
        raise QueryError("NOT_SUPPORTED", unreadable(table))
    if not table.location.startswith("s3://"):
        raise QueryError("HIVE_METASTORE_ERROR", f"{table.database}.{table.name} has no location in S3")
    if not table.partition_keys:
        return [DataFile(path, ()) for path in reader(table.location)]
    # As in Athena, a partition that is not in the catalog is not there.
    partitions = catalog.partitions(table)
    if any("__HIVE_DEFAULT_PARTITION__" in partition.values for partition in partitions):
        raise QueryError(
            "NOT_SUPPORTED", f"{table.database}.{table.name} has a partition of NULL, which is not read here"
        )
    return [
        DataFile(path, partition.values)
        for partition in partitions
        for path in reader(partition.location)
        if path.startswith(f"{bucket_path(partition.location)}/")
    ]


def unreadable(table: Table) -> str:
    name = f"{table.database}.{table.name}"
    if table.input_format == HUDI_REALTIME:
        return f"{name} is a merge-on-read table with its log files: query its read-optimized table"
    return f'{name} has the input format "{table.input_format}": Hudi and Parquet tables are read here'


def hudi_files(table: Table, storage: Storage) -> list[str]:
    """Paths of the base files that the latest commit made or kept."""
    try:
        opened = (
            hudi.HudiTableBuilder.from_base_uri(table.location).with_storage_options(storage.hudi_options()).build()
        )
        slices = opened.get_file_slices()
    except Exception as error:  # its errors have no class of their own
        raise QueryError("HIVE_CANNOT_OPEN_SPLIT", f"the Hudi table at {table.location}: {error}") from error
    root = bucket_path(table.location)
    return [f"{root}/{item.base_file_relative_path()}" for item in slices if item.base_file_name]


def folder_files(location: str, filesystem: Any) -> list[str]:
    """Every file below a folder but those that Hive hides."""
    selector = fs.FileSelector(bucket_path(location), recursive=True, allow_not_found=True)
    found = [info.path for info in filesystem.get_file_info(selector) if info.type == fs.FileType.File and info.size]
    hidden = re.compile(r"/[._]")
    return sorted(path for path in found if not hidden.search(path[len(bucket_path(location)) :]))


def bucket_path(location: str) -> str:
    return location.removeprefix("s3://").rstrip("/")


def physical_schema(footer: Any) -> dict[str, Any]:
    """By lower-case name, as the catalog writes them."""
    return {field.name.lower(): field for field in footer.schema.to_arrow_schema()}


def one_field(table: Table, name: str, schemas: list[dict[str, Any]]) -> Any:
    """The column's field where every file that has it agrees on it; None where no file has it."""
    fields = {(schema[name].name, schema[name].type) for schema in schemas if name in schema}
    if len(fields) > 1:
        kinds = ", ".join(sorted(f"{spelled}: {kind}" for spelled, kind in fields))
        raise QueryError(
            "HIVE_BAD_DATA", f"the files of {table.database}.{table.name} differ in column {name} ({kinds})"
        )
    return next((pyarrow.field(spelled, kind) for spelled, kind in fields), None)


def converted(table: Table, name: str, wanted: Type | None, field: Any) -> str:
    """SQL that makes the catalog's type of the file's; other pairs fail, as they do in Athena."""
    assert wanted is not None
    quoted = '"' + field.name.replace('"', '""') + '"'
    kind, given = wanted.kind, field.type
    if kind == "timestamp" and pyarrow.types.is_timestamp(given):
        # Athena keeps milliseconds: finer ones are rounded half up when they are read.
        plain = f"CAST({quoted} AS TIMESTAMP)"
        if given.unit in ("s", "ms"):
            return plain
        return f"make_timestamp(CAST(floor((epoch_us({plain}) + 500) / 1000.0) AS BIGINT) * 1000)"
    checks = {
        "boolean": pyarrow.types.is_boolean(given),
        "tinyint": given in (pyarrow.int8(), pyarrow.int32()),
        "smallint": given in (pyarrow.int16(), pyarrow.int32()),
        "integer": given == pyarrow.int32() or given in (pyarrow.int8(), pyarrow.int16()),
        "bigint": pyarrow.types.is_signed_integer(given),
        "real": given == pyarrow.float32(),
        "double": pyarrow.types.is_floating(given),
        "varchar": pyarrow.types.is_string(given) or pyarrow.types.is_large_string(given),
        "date": given == pyarrow.date32(),
        "decimal": pyarrow.types.is_decimal(given) and given.scale <= wanted.scale,
    }
    if not checks.get(kind, False):
        raise QueryError(
            "HIVE_BAD_DATA",
            f"column {name} of {table.database}.{table.name} is {wanted} in the catalog and {given} in its files",
        )
    return f"CAST({quoted} AS {wanted.duckdb})"


def files_dataset(files: list[DataFile], schema: Any, filesystem: Any) -> Any:
    if not files:
        return schema.empty_table()
    always = dataset.field("any row") == True  # noqa: E712
    guarantees = [partition_guarantee(file.partition, schema) & always for file in files]
    return dataset.FileSystemDataset.from_paths(
        [file.path for file in files],
        schema=schema,
        format=dataset.ParquetFileFormat(),
        filesystem=filesystem,
        partitions=guarantees,
    )


def partition_guarantee(values: tuple[str, ...], schema: Any) -> Any:
    guarantee = dataset.scalar(True)
    for place, value in enumerate(values):
        if f"partition {place}" in schema.names:
            guarantee = guarantee & (dataset.field(f"partition {place}") == value)
    return guarantee


def column_bytes(footer: Any, names: set[str]) -> int:
    """Compressed bytes of these columns: what Athena charges for."""
    total = 0
    for group in range(footer.num_row_groups):
        for place in range(footer.num_columns):
            column = footer.row_group(group).column(place)
            if column.path_in_schema.split(".")[0] in names:
                total += column.total_compressed_size
    return total
