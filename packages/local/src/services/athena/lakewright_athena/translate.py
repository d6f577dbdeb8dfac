"""From SQL as Athena takes it to what DuckDB runs.

sqlglot parses; every clause, operator and function is then translated by a rule of its own, typed as Trino types it,
and whatever has no rule is refused: an answer is never silently another one.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import ParseError, TokenError
from sqlglot.parsers.trino import TrinoParser
from sqlglot.tokenizer_core import Token, TokenType

from lakewright_athena.catalog import Catalog
from lakewright_athena.errors import Position, QueryError, RequestError
from lakewright_athena.queries import Queries
from lakewright_athena.scope import Read
from lakewright_athena.sql import Where
from lakewright_athena.types import Type

# Syntax of Trino alone: sqlglot would read other dialects' as well.
FOREIGN = {"::": "CAST(x AS type)", "==": "=", "<=>": "IS NOT DISTINCT FROM", "//": "/", "!": "NOT"}
REFUSED = {
    *("ALTER", "CREATE", "DELETE", "DROP", "INSERT", "MERGE", "MSCK", "OPTIMIZE", "UNLOAD", "UPDATE", "VACUUM"),
    *("CALL", "DEALLOCATE", "EXECUTE", "EXPLAIN", "GRANT", "PREPARE", "REVOKE", "SET", "SHOW", "TRUNCATE", "USE"),
}
WRITES = "queries only read here: let a Glue job write the table, or an aws_glue_catalog_table declare it"
SPELLED = ("CAST", "TRY_CAST", "EXTRACT", "TRIM", "POSITION", "SUBSTRING")


class StrictTrino(Trino):
    """Functions keep the names that were written, so that only Trino's own are known."""

    class Parser(TrinoParser):
        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS = {name: rule for name, rule in TrinoParser.FUNCTION_PARSERS.items() if name in SPELLED}
        NO_PAREN_FUNCTIONS = {
            token: node
            for token, node in TrinoParser.NO_PAREN_FUNCTIONS.items()
            if token in (TokenType.CURRENT_DATE, TokenType.CURRENT_TIMESTAMP)
        }


@dataclass(frozen=True)
class Plan:
    """What DuckDB runs, the tables it reads, and the columns that Athena shows."""

    text: str
    reads: list[Read]
    columns: list[tuple[str, Type]]


def parse(sql: str) -> exp.Expr:
    """One statement. Raises RequestError (MALFORMED_QUERY), and QueryError for a statement that is no query."""
    dialect = StrictTrino()
    try:
        tokens = [token for token in dialect.tokenize(sql) if token.token_type != TokenType.SEMICOLON]
        refuse_statement(sql, tokens)
        require_trino(sql, tokens)
        statements = dialect.parser().parse(tokens, sql)
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        # The parser gives the end of what it did not expect.
        column = max(1, int(first.get("col") or 1) - len(str(first.get("highlight") or "x")) + 1)
        what = str(first.get("description") or error).partition("<Token")[0].partition("\n")[0].strip(" .")
        near = f" near '{first['highlight']}'" if first.get("highlight") else ""
        raise malformed(f"line {first.get('line') or 1}:{column}: {what}{near}") from error
    except TokenError as error:
        raise malformed(str(error).partition("\n")[0]) from error
    if len(statements) != 1 or statements[0] is None:
        raise malformed("line 1:1: one statement is needed")
    return statements[0]


def refuse_statement(sql: str, tokens: list[Token]) -> None:
    """Statements other than queries, by their first word: the parser does not know them all."""
    word = tokens[0].text.upper() if tokens else ""
    if word in REFUSED:
        way_out = (
            WRITES if word not in ("EXPLAIN", "SHOW", "EXECUTE", "PREPARE", "DEALLOCATE") else "run the query itself"
        )
        raise QueryError("NOT_SUPPORTED", f"{word} cannot be run here: {way_out}", Position.at(sql, tokens[0].start))


def malformed(message: str) -> RequestError:
    return RequestError(message, "MALFORMED_QUERY")


def require_trino(sql: str, tokens: list[Token]) -> None:
    for place, token in enumerate(tokens):
        # The end of a text is what the tokenizer knows of it.
        if token.token_type in (TokenType.STRING, TokenType.IDENTIFIER):
            continue
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        position = Position.at(sql, token.start)
        where = f"line {position.line}:{position.column}"
        if token.text in FOREIGN:
            raise malformed(f"{where}: '{token.text}' is not of Athena: write {FOREIGN[token.text]}")
        ends = following is None or following.token_type in (TokenType.FROM, TokenType.R_PAREN)
        if token.token_type == TokenType.COMMA and ends:
            raise malformed(f"{where}: nothing follows the comma")


def translate(sql: str, node: exp.Expr, catalog: Catalog, database: str, now: str) -> Plan:
    """Raises QueryError."""
    where = Where(sql)
    if not isinstance(node, exp.Query):
        raise QueryError("NOT_SUPPORTED", f"{type(node).__name__.upper()} cannot be run here", Position(1, 1))
    queries = Queries(where, catalog, database, now)
    inner, names = queries.outermost(node)
    kinds = [column.type for column in inner.columns]
    places = ", ".join(f'"c{place}"' for place in range(len(kinds)))
    shown = ", ".join(f'CAST("c{place}" AS {kind.duckdb}) AS "c{place}"' for place, kind in enumerate(kinds))
    # The order of a subquery is kept: nothing here joins or groups it.
    text = f'SELECT {shown} FROM ({inner.text}) AS "result"({places})'
    return Plan(text, queries.reads, list(zip(names, kinds, strict=True)))
