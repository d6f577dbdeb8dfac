"""What a query may fail of: a code as Athena's own, a message, and where in the SQL."""

from dataclasses import dataclass

# AthenaError.ErrorCategory (API reference, "AthenaError"): 1 system, 2 user, 3 other.
SYSTEM = 1
USER = 2


@dataclass(frozen=True)
class Position:
    """Counted from 1."""

    line: int
    column: int

    @staticmethod
    def at(sql: str, offset: int) -> "Position":
        before = sql[:offset]
        return Position(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


class QueryError(Exception):
    """A query that cannot be run, or failed: `SYNTAX_ERROR: line 1:8: Column 'x' cannot be resolved`."""

    def __init__(self, code: str, message: str, position: Position | None = None, category: int = USER) -> None:
        where = f"line {position.line}:{position.column}: " if position else ""
        super().__init__(f"{code}: {where}{message}")
        self.code = code
        self.category = category


class Cancelled(Exception):
    """Ended before it was done, with the reason: the state CANCELLED."""


class RequestError(Exception):
    """A request that is answered with an error at once (`InvalidRequestException`)."""

    def __init__(self, message: str, code: str = "INVALID_INPUT") -> None:
        super().__init__(message)
        self.code = code
