"""Hands on what ministack would only pretend to do, or does not know: DMS, the runs of Glue jobs, and the queries
of Athena.

The project's own services answer those calls on ports of their own. Whoever asks the AWS API gets there too: a program
with one endpoint, and a state machine that calls `aws-sdk:databasemigration` or `aws-sdk:glue`.
"""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

DMS_TARGET = "AmazonDMSv20160101"
JOB_ACTIONS = frozenset(
    {
        "BatchStopJobRun",
        "CreateJob",
        "DeleteJob",
        "GetJob",
        "GetJobRun",
        "GetJobRuns",
        "GetJobs",
        "StartJobRun",
        "UpdateJob",
    }
)
QUERY_ACTIONS = frozenset(
    {
        "BatchGetQueryExecution",
        "GetQueryExecution",
        "GetQueryResults",
        "ListQueryExecutions",
        "StartQueryExecution",
        "StopQueryExecution",
    }
)
TIMEOUT_SECONDS = 60

Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, dict[str, str], Any, Any], Awaitable[Answer]]


def delegate_dms(app: ModuleType, router: ModuleType, stepfunctions: ModuleType, port: int) -> None:
    """Makes DMS a service of the AWS API: at its endpoint, and for state machines."""
    router.SERVICE_PATTERNS["databasemigration"] = {"target_prefixes": [DMS_TARGET], "host_patterns": [r"dms\."]}
    app.SERVICE_HANDLERS["databasemigration"] = forwarding("DMS", port)
    stepfunctions._AWS_SDK_SERVICE_MAP["databasemigration"] = {"target_prefix": DMS_TARGET, "protocol": "json"}
    stepfunctions._AWS_SDK_ERROR_PREFIX["databasemigration"] = "DatabaseMigration"


def delegate_glue_jobs(app: ModuleType, port: int) -> None:
    """Leaves the catalog with ministack and hands the jobs on."""
    app.SERVICE_HANDLERS["glue"] = divided(app.SERVICE_HANDLERS["glue"], JOB_ACTIONS, forwarding("Glue", port))


def delegate_athena(app: ModuleType, port: int) -> None:
    """Leaves workgroups and named queries with ministack and hands the executions of queries on."""
    executions = forwarding("Athena", port)
    app.SERVICE_HANDLERS["athena"] = divided(app.SERVICE_HANDLERS["athena"], QUERY_ACTIONS, executions)


def divided(own: Handler, actions: frozenset[str], handed_on: Handler) -> Handler:
    """A handler that keeps all but these actions."""

    async def handler(method: str, path: str, headers: dict[str, str], body: Any, query: Any) -> Answer:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        return await (handed_on if action in actions else own)(method, path, headers, body, query)

    return handler


def forwarding(name: str, port: int) -> Handler:
    """A handler that asks the service on that port of this machine."""

    async def handler(method: str, path: str, headers: dict[str, str], body: Any, query: Any) -> Answer:
        content = body.encode() if isinstance(body, str) else body
        return await asyncio.to_thread(ask, name, port, headers.get("x-amz-target", ""), content or b"{}")

    return handler


def ask(name: str, port: int, target: str, body: bytes) -> Answer:
    """One call; a service that does not run is an error of its own, never an empty success."""
    kind = "application/x-amz-json-1.1"
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/", body, {"x-amz-target": target, "content-type": kind}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            return response.status, {"Content-Type": kind}, response.read()
    except urllib.error.HTTPError as error:
        return error.code, {"Content-Type": kind}, error.read()
    except OSError as error:
        message = f"{name} does not run on this machine ({error}): lakewright up starts it where a system needs it"
        fault = {"__type": "ServiceUnavailableException", "message": message}
        return 503, {"Content-Type": kind}, json.dumps(fault).encode()
