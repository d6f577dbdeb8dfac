"""Runs one query in a DuckDB of its own, which can reach no file and no network."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb

from lakewright_athena.catalog import Catalog
from lakewright_athena.errors import SYSTEM, Cancelled, QueryError
from lakewright_athena.sql import quoted
from lakewright_athena.tables import Storage, scan
from lakewright_athena.translate import Plan

MEMORY = "1GB"
THREADS = 2
ROWS_AT_ONCE = 10_000
SETTINGS = {
    "TimeZone": "'UTC'",
    "memory_limit": f"'{MEMORY}'",
    "threads": str(THREADS),
    "temp_directory": "''",
    # The order of the query is the order of the result.
    "preserve_insertion_order": "true",
    "integer_division": "false",
    "ieee_floating_point_ops": "true",
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
    "lock_configuration": "true",
}


@dataclass
class Running:
    """A query under way; `stop` may be called from another thread."""

    stopped: str | None = None
    timed_out: bool = False
    connection: duckdb.DuckDBPyConnection | None = None
    scanned: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def stop(self, reason: str, timed_out: bool = False) -> None:
        with self.lock:
            self.stopped, self.timed_out = reason, timed_out
            if self.connection is not None:
                self.connection.interrupt()

    def check(self) -> None:
        if self.stopped is not None:
            if self.timed_out:
                raise QueryError("EXCEEDED_TIME_LIMIT", self.stopped, category=SYSTEM)
            raise Cancelled(self.stopped)


def run(plan: Plan, catalog: Catalog, storage: Storage, limit: int | None, running: Running) -> Iterator[list[Any]]:
    """Rows of the result, as they come.

    Raises QueryError, and Cancelled when it was stopped or read more than `limit` bytes.
    """
    connection = duckdb.connect(":memory:")
    try:
        for name, value in SETTINGS.items():
            if name == "enable_external_access":
                register(connection, plan, catalog, storage, limit, running)
            connection.execute(f"SET {name} = {value}")
        with running.lock:
            running.connection = connection
        running.check()
        connection.execute(plan.text)
        while rows := connection.fetchmany(ROWS_AT_ONCE):
            running.check()
            yield from ([*row] for row in rows)
        running.check()
    except duckdb.InterruptException:
        running.check()
        raise
    except duckdb.Error as error:
        raise failure(error) from error
    finally:
        with running.lock:
            running.connection = None
        connection.close()


def register(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    catalog: Catalog,
    storage: Storage,
    limit: int | None,
    running: Running,
) -> None:
    """Makes the tables that the query reads views over Arrow, of the columns that it uses."""
    for place, read in enumerate(plan.reads):
        running.check()
        found = scan(read.table, read.relation.used, catalog, storage)
        running.scanned += found.bytes
        if limit is not None and running.scanned > limit:
            raise Cancelled(f"Query cancelled! : Bytes scanned limit was exceeded ({running.scanned} > {limit})")
        connection.register(f"arrow {place}", found.data)
        columns = [f"{text} AS {quoted(name)}" for name, text in found.expressions.items()] or ['TRUE AS "any row"']
        connection.execute(
            f"CREATE VIEW {quoted(read.view)} AS SELECT {', '.join(columns)} FROM {quoted(f'arrow {place}')}"
        )


def failure(error: duckdb.Error) -> QueryError:
    """DuckDB's error as one of Athena's; `error('CODE: text')` of a translation says which."""
    text = str(error).partition("\n")[0]
    kind, _, message = text.partition(": ")
    code, separator, rest = message.partition(": ")
    if separator and code.isupper() and code.replace("_", "").isalpha():
        return QueryError(code, rest)
    if isinstance(error, duckdb.OutOfMemoryException):
        return QueryError("EXCEEDED_LOCAL_MEMORY_LIMIT", f"the query needs more than {MEMORY}")
    if isinstance(error, (duckdb.OutOfRangeException, duckdb.ConversionException)):
        return QueryError("NUMERIC_VALUE_OUT_OF_RANGE" if "Range" in kind else "INVALID_CAST_ARGUMENT", message)
    if isinstance(error, duckdb.BinderException) and "GROUP BY" in text:
        return QueryError("EXPRESSION_NOT_AGGREGATE", message)
    return QueryError("GENERIC_USER_ERROR", message or text)
