"""Serves Athena's query executions on loopback, in the JSON protocol of the AWS SDK.

    python -m lakewright_athena.server --port 4569 --folder <folder> --endpoint http://127.0.0.1:4566 --region eu-west-1

Workgroups, named queries and the catalog are asked of the AWS API at the endpoint; the folder keeps the executions.
"""

import argparse
import json
import logging
import signal
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

from lakewright_athena.catalog import AwsApi
from lakewright_athena.errors import RequestError
from lakewright_athena.executions import Executions
from lakewright_athena.tables import Storage
from lakewright_athena.types import Type

Document = dict[str, Any]
T = TypeVar("T")
MOST_ROWS = 1_000
MOST_IDS = 50
PRECISIONS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19, "real": 17, "double": 17, "date": 0}

logger = logging.getLogger("lakewright.athena")


class Actions:
    """The actions of the API; each raises RequestError for a request that it does not take."""

    def __init__(self, executions: Executions) -> None:
        self.executions = executions

    def answer(self, action: str, request: Document) -> Document:
        actions = {
            "BatchGetQueryExecution": self.batch_get,
            "GetQueryExecution": self.get,
            "GetQueryResults": self.results,
            "ListQueryExecutions": self.list,
            "StartQueryExecution": self.start,
            "StopQueryExecution": self.stop,
        }
        if action not in actions:
            raise RequestError(f"Athena here has no action {action}")
        return actions[action](request)

    def start(self, request: Document) -> Document:
        return {"QueryExecutionId": self.executions.start(request)}

    def get(self, request: Document) -> Document:
        return {"QueryExecution": self.executions.get(str(request.get("QueryExecutionId"))).document}

    def stop(self, request: Document) -> Document:
        self.executions.stop(str(request.get("QueryExecutionId")))
        return {}

    def list(self, request: Document) -> Document:
        found = self.executions.of_workgroup(str(request.get("WorkGroup") or "primary"))
        page, token = paged(found, request, MOST_IDS)
        return {"QueryExecutionIds": page, **token}

    def batch_get(self, request: Document) -> Document:
        found, missing = [], []
        for identifier in request.get("QueryExecutionIds") or []:
            try:
                found.append(self.executions.get(str(identifier)).document)
            except RequestError as error:
                fault = {"ErrorCode": "INVALID_INPUT", "ErrorMessage": str(error)}
                missing.append({"QueryExecutionId": identifier, **fault})
        return {"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing}

    def results(self, request: Document) -> Document:
        """The first row of a query is its header (Athena API, "GetQueryResults")."""
        execution = self.executions.get(str(request.get("QueryExecutionId")))
        rows = self.executions.rows(execution)
        if execution.document["StatementType"] == "DML":
            rows = [[name for name, _ in execution.columns], *rows]
        page, token = paged(rows, request, MOST_ROWS)
        data = [{"Data": [{} if value is None else {"VarCharValue": value} for value in row]} for row in page]
        columns = [column_info(name, kind) for name, kind in execution.columns]
        return {
            "UpdateCount": 0,
            "ResultSet": {"Rows": data, "ResultSetMetadata": {"ColumnInfo": columns}},
            **token,
        }


def paged(items: list[T], request: Document, most: int) -> tuple[list[T], Document]:
    size = int(request.get("MaxResults") or most)
    if not 1 <= size <= most:
        raise RequestError(f"MaxResults is more than maximum allowed length {most}.")
    try:
        start = int(request.get("NextToken") or 0)
    except ValueError as error:
        raise RequestError("the NextToken is not of this service") from error
    end = start + size
    return items[start:end], {"NextToken": str(end)} if end < len(items) else {}


def column_info(name: str, kind: Type) -> Document:
    precision, scale = PRECISIONS.get(kind.kind, 0), 0
    if kind.kind == "decimal":
        precision, scale = kind.precision, kind.scale
    if kind.kind == "varchar":
        precision = 2**31 - 1
    if kind.moment:
        precision = 3
    named = "decimal" if kind.kind == "decimal" else "float" if kind.kind == "real" else str(kind)
    place = {"CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": name, "Label": name}
    rest = {"Precision": precision, "Scale": scale, "Nullable": "UNKNOWN", "CaseSensitive": kind.kind == "varchar"}
    return {**place, "Type": named, **rest}


def handler(actions: Actions) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(200, {"status": "ok"})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            action = str(self.headers.get("x-amz-target") or "").rpartition(".")[2]
            try:
                self._answer(200, actions.answer(action, json.loads(body or b"{}")))
            except RequestError as error:
                fault = {"__type": "InvalidRequestException", "Message": str(error), "AthenaErrorCode": error.code}
                self._answer(400, fault)
            except Exception as error:  # the connection must get its answer
                logger.exception("%s failed", action)
                self._answer(500, {"__type": "InternalServerException", "Message": f"{type(error).__name__}: {error}"})

        def _answer(self, status: int, document: Document) -> None:
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("content-type", "application/x-amz-json-1.1")
            self.send_header("x-amzn-requestid", str(uuid.uuid4()))
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Requests are not logged: a line each would bury the errors."""

    return Handler


def main() -> None:
    parser = argparse.ArgumentParser(description="Athena's query executions on loopback")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--endpoint", required=True, help="the AWS API of this machine")
    parser.add_argument("--region", required=True)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    executions = Executions(given.folder, AwsApi(given.endpoint, given.region), Storage(given.endpoint, given.region))
    server = ThreadingHTTPServer(("127.0.0.1", given.port), handler(Actions(executions)))
    for signum in (signal.SIGTERM, signal.SIGINT):
        # Not from the signal itself: shutdown waits for the loop that the signal interrupted.
        signal.signal(signum, lambda *_: threading.Thread(target=server.shutdown).start())
    try:
        server.serve_forever()
    finally:
        executions.close()


if __name__ == "__main__":
    main()
