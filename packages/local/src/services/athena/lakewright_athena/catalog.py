"""The Glue catalog behind the AWS API: databases, tables, partitions."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from lakewright_athena.errors import SYSTEM, QueryError
from lakewright_athena.types import Type, of_hive

CATALOG = "awsdatacatalog"
HUDI_INPUT = "org.apache.hudi.hadoop.HoodieParquetInputFormat"
HUDI_REALTIME = "org.apache.hudi.hadoop.realtime.HoodieParquetRealtimeInputFormat"
PARQUET_INPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"


@dataclass(frozen=True)
class Column:
    """`type` is None for one that cannot be queried here."""

    name: str
    hive_type: str
    type: Type | None
    comment: str = ""


@dataclass(frozen=True)
class Partition:
    values: tuple[str, ...]
    location: str


@dataclass(frozen=True)
class Table:
    """A table of the catalog; its partition columns come last, as in queries."""

    database: str
    name: str
    location: str
    input_format: str
    columns: tuple[Column, ...]
    partition_keys: tuple[Column, ...]
    view: bool

    @property
    def all_columns(self) -> tuple[Column, ...]:
        return self.columns + self.partition_keys


class AwsApi:
    """Calls of the JSON protocol on this machine's AWS API."""

    def __init__(self, endpoint: str, region: str) -> None:
        self.endpoint = endpoint
        # Nobody checks the signature, but every region has things of its own.
        self._authorization = f"AWS4-HMAC-SHA256 Credential=test/20200101/{region}/glue/aws4_request"

    def call(self, target: str, body: dict[str, Any]) -> dict[str, Any]:
        """Raises KeyError with the name of the service's error."""
        headers = {
            "x-amz-target": target,
            "content-type": "application/x-amz-json-1.1",
            "authorization": self._authorization,
        }
        request = urllib.request.Request(self.endpoint, json.dumps(body).encode(), headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                answer: dict[str, Any] = json.loads(response.read())
                return answer
        except urllib.error.HTTPError as error:
            fault = json.loads(error.read() or b"{}")
            raise KeyError(str(fault.get("__type", error.code)).rpartition("#")[2]) from error
        except OSError as error:
            raise QueryError("INTERNAL_ERROR", f"the AWS API does not answer: {error}", category=SYSTEM) from error

    def all(self, action: str, field: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Every page of a list of Glue."""
        items: list[dict[str, Any]] = []
        token: str | None = None
        while True:
            page = self.call(f"AWSGlue.{action}", {**body, **({"NextToken": token} if token else {})})
            items += page.get(field, [])
            token = page.get("NextToken")
            if not token:
                return items


class Catalog:
    """What one query sees of the catalog; asked once for each thing."""

    def __init__(self, api: AwsApi) -> None:
        self._api = api

    def databases(self) -> list[str]:
        return sorted(str(item["Name"]).lower() for item in self._api.all("GetDatabases", "DatabaseList", {}))

    def has_database(self, name: str) -> bool:
        return name in self.databases()

    def tables(self, database: str) -> list[Table]:
        try:
            found = self._api.all("GetTables", "TableList", {"DatabaseName": database})
        except KeyError:
            return []
        return sorted((read_table(database, item) for item in found), key=lambda table: table.name)

    def table(self, database: str, name: str) -> Table | None:
        try:
            answer = self._api.call("AWSGlue.GetTable", {"DatabaseName": database, "Name": name})
        except KeyError as error:
            if error.args[0] == "EntityNotFoundException":
                return None
            raise QueryError("GENERIC_INTERNAL_ERROR", f"Glue: {error.args[0]}", category=SYSTEM) from error
        return read_table(database, answer["Table"])

    def partitions(self, table: Table) -> list[Partition]:
        body = {"DatabaseName": table.database, "TableName": table.name}
        found = self._api.all("GetPartitions", "Partitions", body)
        return [
            Partition(tuple(map(str, item["Values"])), str(item["StorageDescriptor"]["Location"]).rstrip("/"))
            for item in found
        ]


def read_table(database: str, item: dict[str, Any]) -> Table:
    storage = item.get("StorageDescriptor") or {}
    provider = (item.get("Parameters") or {}).get("spark.sql.sources.provider", "")
    input_format = str(storage.get("InputFormat") or "")
    return Table(
        database=database,
        name=str(item["Name"]).lower(),
        location=str(storage.get("Location") or "").rstrip("/"),
        input_format=HUDI_INPUT if provider == "hudi" and input_format == "" else input_format,
        columns=tuple(read_column(column) for column in storage.get("Columns") or []),
        partition_keys=tuple(read_column(column) for column in item.get("PartitionKeys") or []),
        view=item.get("TableType") == "VIRTUAL_VIEW",
    )


def read_column(item: dict[str, Any]) -> Column:
    hive_type = str(item.get("Type", "string"))
    return Column(str(item["Name"]).lower(), hive_type, of_hive(hive_type), str(item.get("Comment") or ""))
