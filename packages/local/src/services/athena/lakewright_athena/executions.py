"""Query executions: started, queued, run, cancelled, and kept (API reference, "QueryExecution")."""

import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lakewright_athena import information_schema, translate
from lakewright_athena.catalog import AwsApi, Catalog
from lakewright_athena.engine import Running, run
from lakewright_athena.errors import SYSTEM, USER, Cancelled, QueryError, RequestError
from lakewright_athena.render import csv_line, rendered, tab_line
from lakewright_athena.tables import Storage, bucket_path
from lakewright_athena.types import VARCHAR, Type

AT_ONCE = 2
TIMEOUT_SECONDS = 300.0
# Executions that are kept; older ones are forgotten (Athena keeps 45 days).
KEPT = 1_000
DONE = ("SUCCEEDED", "FAILED", "CANCELLED")
ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}
Document = dict[str, Any]


@dataclass
class Execution:
    """One execution: `document` is what GetQueryExecution answers."""

    document: Document
    request: Document
    limit: int | None
    columns: list[tuple[str, Type]] = field(default_factory=list)
    running: Running = field(default_factory=Running)

    @property
    def id(self) -> str:
        return str(self.document["QueryExecutionId"])

    @property
    def state(self) -> str:
        return str(self.document["Status"]["State"])


class Executions:
    """All executions of a clone; each is a JSON file below the folder, its rows another."""

    def __init__(self, folder: Path, api: AwsApi, storage: Storage, timeout: float = TIMEOUT_SECONDS) -> None:
        self.folder = folder
        self.api = api
        self.storage = storage
        self.timeout = timeout
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="query")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._known = self._load()

    def start(self, request: Document) -> str:
        """Raises RequestError."""
        sql = str(request.get("QueryString") or "")
        if not sql.strip():
            raise RequestError("Query string cannot be empty")
        if request.get("ExecutionParameters"):
            raise RequestError("ExecutionParameters are not supported here: write the values into the query")
        execution = self._accepted(sql, request)
        with self._lock:
            known = self._of_token(request)
            if known is not None:
                return known.id
            self._known[execution.id] = execution
            self._forget()
            self._save(execution)
        self._pool.submit(self._run, execution)
        return execution.id

    def _of_token(self, request: Document) -> Execution | None:
        """The execution that was started with this request's token before; only with the lock."""
        token = request.get("ClientRequestToken")
        for known in self._known.values():
            if token and known.request.get("ClientRequestToken") == token:
                if known.request != request:
                    raise RequestError("Idempotent parameters do not match")
                return known
        return None

    def get(self, identifier: str) -> Execution:
        with self._lock:
            execution = self._known.get(identifier)
        if execution is None:
            raise RequestError(f"QueryExecution {identifier} was not found")
        return execution

    def of_workgroup(self, name: str) -> list[str]:
        """Latest first."""
        with self._lock:
            found = [item for item in self._known.values() if item.document["WorkGroup"] == name]
        found.sort(key=lambda item: item.document["Status"]["SubmissionDateTime"], reverse=True)
        return [item.id for item in found]

    def stop(self, identifier: str) -> None:
        execution = self.get(identifier)
        if execution.state not in DONE:
            execution.running.stop("Query cancelled by user")

    def close(self) -> None:
        """Ends what runs: it is cancelled, and written down as such."""
        for execution in list(self._known.values()):
            if execution.state not in DONE:
                execution.running.stop("the service was stopped")
        self._pool.shutdown(wait=True)

    def rows(self, execution: Execution) -> list[list[str | None]]:
        if execution.state != "SUCCEEDED":
            unfinished = f"Query has not yet finished. Current state: {execution.state}"
            failed = f"Query did not finish successfully. Final query state: {execution.state}"
            raise RequestError(failed if execution.state in DONE else unfinished)
        rows: list[list[str | None]] = json.loads((self.folder / f"{execution.id}.rows").read_text())
        return rows

    def _accepted(self, sql: str, request: Document) -> Execution:
        name = str(request.get("WorkGroup") or "primary")
        settings = self._workgroup(name)
        location = output_location(settings, request)
        utility = sql.strip().split()[0].upper() in ("SHOW", "DESCRIBE", "DESC")
        if not utility:
            check_syntax(sql)
        identifier = str(uuid.uuid4())
        context = request.get("QueryExecutionContext") or {}
        database = str(context.get("Database") or "default").lower()
        statistics = {"EngineExecutionTimeInMillis": 0, "DataScannedInBytes": 0, "TotalExecutionTimeInMillis": 0}
        document = {
            "QueryExecutionId": identifier,
            "Query": sql,
            "StatementType": "UTILITY" if utility else "DML",
            "ResultConfiguration": {"OutputLocation": f"{location}/{identifier}.{'txt' if utility else 'csv'}"},
            "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
            "QueryExecutionContext": {"Database": database, "Catalog": "awsdatacatalog"},
            "Status": {"State": "QUEUED", "SubmissionDateTime": time.time()},
            "Statistics": statistics,
            "WorkGroup": name,
            "EngineVersion": ENGINE,
        }
        return Execution(document, request, settings.get("BytesScannedCutoffPerQuery"))

    def _workgroup(self, name: str) -> Document:
        """The configuration of a workgroup that takes queries."""
        try:
            found = self.api.call("AmazonAthena.GetWorkGroup", {"WorkGroup": name})["WorkGroup"]
        except KeyError as error:
            raise RequestError(f"WorkGroup {name} is not found.") from error
        if found.get("State") == "DISABLED":
            raise RequestError(f"WorkGroup {name} is disabled.")
        return dict(found.get("Configuration") or {})

    def _run(self, execution: Execution) -> None:
        status, statistics = execution.document["Status"], execution.document["Statistics"]
        begun = time.monotonic()
        statistics["QueryQueueTimeInMillis"] = int((time.time() - status["SubmissionDateTime"]) * 1000)
        reason = f"Query timed out after {self.timeout:g} seconds"
        timer = threading.Timer(self.timeout, lambda: execution.running.stop(reason, timed_out=True))
        timer.start()
        try:
            execution.running.check()
            status["State"] = "RUNNING"
            self._execute(execution)
            end = {"State": "SUCCEEDED"}
        except Cancelled as error:
            end = {"State": "CANCELLED", "StateChangeReason": str(error)}
        except QueryError as error:
            end = failed(str(error), error.category)
        except Exception as error:  # whatever it is, the execution must end
            end = failed(f"GENERIC_INTERNAL_ERROR: {type(error).__name__}: {error}", SYSTEM)
        finally:
            timer.cancel()
        took = int((time.monotonic() - begun) * 1000)
        statistics["DataScannedInBytes"] = execution.running.scanned
        statistics["EngineExecutionTimeInMillis"] = took
        statistics["TotalExecutionTimeInMillis"] = took + statistics["QueryQueueTimeInMillis"]
        # At once, so that nobody sees an end without its reason.
        execution.document["Status"] = {**status, **end, "CompletionDateTime": time.time()}
        self._save(execution)

    def _execute(self, execution: Execution) -> None:
        sql, catalog = str(execution.document["Query"]).strip().rstrip(";"), Catalog(self.api)
        database = str(execution.document["QueryExecutionContext"]["Database"])
        if execution.document["StatementType"] == "UTILITY":
            shown = information_schema.show(sql, catalog, database)
            if shown is None:
                hint = "SHOW DATABASES, TABLES, COLUMNS, PARTITIONS and DESCRIBE are"
                raise QueryError("NOT_SUPPORTED", f"this statement is not answered here: {hint}")
            execution.columns = [(name, VARCHAR) for name in shown.columns]
            self._finish(execution, [list(row) for row in shown.rows], header=False)
            return
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        plan = translate.translate(sql, translate.parse(sql), catalog, database, now)
        execution.columns = plan.columns
        kinds = [kind for _, kind in plan.columns]
        found = run(plan, catalog, self.storage, execution.limit, execution.running)
        rows = [[rendered(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in found]
        self._finish(execution, rows, header=True)

    def _finish(self, execution: Execution, rows: list[list[str | None]], header: bool) -> None:
        """Writes the result into S3 and beside the execution."""
        line = csv_line if header else tab_line
        names: list[list[str | None]] = [[name for name, _ in execution.columns]] if header else []
        body = "".join(line(row) for row in [*names, *rows])
        target = bucket_path(str(execution.document["ResultConfiguration"]["OutputLocation"]))
        try:
            with self.storage.filesystem().open_output_stream(target) as stream:
                stream.write(body.encode())
        except OSError as error:
            message = f"the result cannot be written to s3://{target}: {error}"
            raise QueryError("INVALID_OUTPUT_LOCATION", message) from error
        self._write(f"{execution.id}.rows", rows)

    def _save(self, execution: Execution) -> None:
        kinds = [[name, kind.kind, kind.precision, kind.scale] for name, kind in execution.columns]
        document = {"document": execution.document, "request": execution.request, "columns": kinds}
        self._write(f"{execution.id}.json", document)

    def _write(self, name: str, content: object) -> None:
        draft = self.folder / f"{name}.draft"
        draft.write_text(json.dumps(content))
        draft.replace(self.folder / name)

    def _load(self) -> dict[str, Execution]:
        known = {}
        for file in self.folder.glob("*.json"):
            kept = json.loads(file.read_text())
            columns = [(name, Type(kind, p, s)) for name, kind, p, s in kept["columns"]]
            execution = Execution(kept["document"], kept["request"], None, columns)
            if execution.state not in DONE:
                end = failed("the service ended while the query ran: run it again", SYSTEM)
                execution.document["Status"].update({**end, "CompletionDateTime": time.time()})
            known[execution.id] = execution
        return dict(sorted(known.items(), key=lambda item: item[1].document["Status"]["SubmissionDateTime"]))

    def _forget(self) -> None:
        """Only with the lock."""
        done = [item for item in self._known.values() if item.state in DONE]
        for execution in done[: max(0, len(self._known) - KEPT)]:
            del self._known[execution.id]
            for suffix in ("json", "rows"):
                (self.folder / f"{execution.id}.{suffix}").unlink(missing_ok=True)


def output_location(settings: Document, request: Document) -> str:
    """The workgroup's, where it has one and enforces it; else the request's."""
    own = (settings.get("ResultConfiguration") or {}).get("OutputLocation")
    asked = (request.get("ResultConfiguration") or {}).get("OutputLocation")
    location = own if settings.get("EnforceWorkGroupConfiguration", True) and own else asked or own
    if not location:
        raise RequestError(
            "No output location provided. An output location is required either through the Workgroup result "
            "configuration setting or as an API input."
        )
    if not str(location).startswith("s3://"):
        raise RequestError(f"outputLocation is not a valid S3 path: {location}")
    return str(location).rstrip("/")


def check_syntax(sql: str) -> None:
    """What cannot be parsed is told at once; what is refused fails the execution."""
    try:
        translate.parse(sql)
    except QueryError:
        return


def failed(reason: str, category: int) -> Document:
    error = {"ErrorCategory": category, "ErrorType": 1300 if category == USER else 100, "ErrorMessage": reason}
    return {"State": "FAILED", "StateChangeReason": reason, "AthenaError": {**error, "Retryable": False}}
