"""Expressions: each kind of syntax node is translated by its own rule, and one without a rule is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from lakewright_athena import casts, functions
from lakewright_athena.arithmetic import OPERATORS, arithmetic, with_interval
from lakewright_athena.sql import Sql, Where, boolean, coerced, common_type, compared, text_literal
from lakewright_athena.types import BIGINT, BOOLEAN, DATE, DOUBLE, INTEGER, UNKNOWN, VARCHAR, ZONED, decimal

if TYPE_CHECKING:
    from lakewright_athena.queries import Queries
    from lakewright_athena.scope import Scope

COMPARISONS = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}


class Expressions:
    """Translates expressions of one statement; `queries` translates those within it."""

    def __init__(self, where: Where, queries: Queries, now: str) -> None:
        self.where = where
        self.queries = queries
        self.now = now

    def translate(self, node: exp.Expr, scope: Scope) -> Sql:
        for kinds, rule in RULES:
            if isinstance(node, kinds):
                return rule(self, node, scope)
        raise self.where.unsupported(node, f"{type(node).__name__.upper()} ({node.sql('trino')[:60]})")

    def all(self, nodes: list[exp.Expr], scope: Scope) -> list[Sql]:
        return [self.translate(node, scope) for node in nodes]

    def condition(self, node: exp.Expr, scope: Scope, what: str) -> str:
        return boolean(self.where, node, self.translate(node, scope), what)

    def literal(self, node: exp.Literal, _: Scope) -> Sql:
        text = node.name
        if node.is_string:
            return Sql(f"CAST({text_literal(text)} AS VARCHAR)", VARCHAR, text)
        if "e" in text.lower():
            return Sql(f"CAST({text_literal(text)} AS DOUBLE)", DOUBLE, text)
        if "." in text:
            whole, _dot, fraction = text.partition(".")
            kind = decimal(max(1, len(whole.lstrip("0")) + len(fraction)), len(fraction))
            if kind.precision > 38:
                raise self.where.mismatch(node, f"{text} has more than 38 digits")
            return Sql(f"CAST({text_literal(text)} AS {kind.duckdb})", kind, text)
        if not text.isdigit() or int(text) > 2**63 - 1:
            raise self.where.mismatch(node, f"Invalid numeric literal: {text}")
        kind = INTEGER if int(text) < 2**31 else BIGINT
        return Sql(f"CAST({int(text)} AS {kind.duckdb})", kind, text)

    def boolean_literal(self, node: exp.Boolean, _: Scope) -> Sql:
        return Sql("TRUE" if node.this else "FALSE", BOOLEAN)

    def null(self, _node: exp.Null, _: Scope) -> Sql:
        return Sql("NULL", UNKNOWN)

    def column(self, node: exp.Column, scope: Scope) -> Sql:
        return scope.resolve(self.where, node)

    def paren(self, node: exp.Paren, scope: Scope) -> Sql:
        inner = self.translate(node.this, scope)
        return Sql(f"({inner.text})", inner.type, inner.literal)

    def negative(self, node: exp.Neg, scope: Scope) -> Sql:
        inner = self.translate(node.this, scope)
        if not inner.type.numeric:
            raise self.where.mismatch(node, f"'-' cannot be applied to {inner.type}")
        literal = f"-{inner.literal}" if inner.literal else None
        return Sql(f"CAST((- {inner.text}) AS {inner.type.duckdb})", inner.type, literal)

    def arithmetic(self, node: exp.Binary, scope: Scope) -> Sql:
        left, right = node.this, node.expression
        if isinstance(node, (exp.Add, exp.Sub)):
            if isinstance(right, exp.Interval):
                return with_interval(self.where, node, self.translate(left, scope), right)
            if isinstance(left, exp.Interval) and isinstance(node, exp.Add):
                return with_interval(self.where, node, self.translate(right, scope), left)
        return arithmetic(self.where, node, self.translate(left, scope), self.translate(right, scope))

    def concatenation(self, node: exp.DPipe, scope: Scope) -> Sql:
        return functions.concat(self.where, node, self.all([node.this, node.expression], scope))

    def comparison(self, node: exp.Binary, scope: Scope) -> Sql:
        values = self.all([node.this, node.expression], scope)
        operator = COMPARISONS[type(node)]
        return compared(operator, values[0], values[1], common_type(self.where, node, values, f"'{operator}'"))

    def between(self, node: exp.Between, scope: Scope) -> Sql:
        if node.args.get("symmetric"):
            raise self.where.unsupported(node, "BETWEEN SYMMETRIC")
        value, low, high = self.all([node.this, node.args["low"], node.args["high"]], scope)
        kind = common_type(self.where, node, [value, low, high], "BETWEEN")
        parts = [compared(">=", value, low, kind).text, compared("<=", value, high, kind).text]
        return Sql(f"({' AND '.join(parts)})", BOOLEAN)

    def distinct_from(self, node: exp.Binary, scope: Scope) -> Sql:
        a, b = self.all([node.this, node.expression], scope)
        kind = common_type(self.where, node, [a, b], "IS DISTINCT FROM")
        word = "IS DISTINCT FROM" if isinstance(node, exp.NullSafeNEQ) else "IS NOT DISTINCT FROM"
        return Sql(f"({coerced(a, kind)} {word} {coerced(b, kind)})", BOOLEAN)

    def connector(self, node: exp.Connector, scope: Scope) -> Sql:
        word = "AND" if isinstance(node, exp.And) else "OR"
        parts = [self.condition(part, scope, word) for part in (node.this, node.expression)]
        return Sql(f"({parts[0]} {word} {parts[1]})", BOOLEAN)

    def negation(self, node: exp.Not, scope: Scope) -> Sql:
        return Sql(f"(NOT {self.condition(node.this, scope, 'NOT')})", BOOLEAN)

    def is_null(self, node: exp.Is, scope: Scope) -> Sql:
        if not isinstance(node.expression, exp.Null):
            raise self.where.unsupported(node, "IS with anything but NULL", "write = true or = false")
        return Sql(f"({self.translate(node.this, scope).text} IS NULL)", BOOLEAN)

    def membership(self, node: exp.In, scope: Scope) -> Sql:
        value = self.translate(node.this, scope)
        query = node.args.get("query")
        if query is not None:
            inner = self.queries.nested(query, scope)
            if len(inner.columns) != 1:
                raise self.where.mismatch(node, "a subquery of IN must have one column")
            other = Sql("", inner.columns[0].type)
            kind = common_type(self.where, node, [value, other], "IN")
            if kind.floating:
                raise self.where.unsupported(node, f"IN over a subquery of {kind}", "use a join")
            rows = f'SELECT CAST("v" AS {kind.duckdb}) FROM ({inner.text}) AS "s"("v")'
            return Sql(f"({coerced(value, kind)} IN ({rows}))", BOOLEAN)
        options = self.all(node.expressions, scope)
        kind = common_type(self.where, node, [value, *options], "IN")
        parts = [compared("=", value, option, kind).text for option in options]
        return Sql(f"({' OR '.join(parts)})", BOOLEAN)

    def like(self, node: exp.Expr, scope: Scope) -> Sql:
        escape = node.expression if isinstance(node, exp.Escape) else None
        like = node.this if isinstance(node, exp.Escape) else node
        if not isinstance(like, exp.Like):
            raise self.where.unsupported(node, type(like).__name__.upper())
        value, pattern = self.all([like.this, like.expression], scope)
        if value.type != VARCHAR or pattern.type != VARCHAR:
            raise self.where.mismatch(node, f"LIKE is of texts, not of {value.type}, {pattern.type}")
        if escape is None:
            return Sql(f"({value.text} LIKE {pattern.text})", BOOLEAN)
        sign = self.translate(escape, scope).literal
        if sign is None or len(sign) != 1:
            raise self.where.mismatch(node, "ESCAPE must be one character")
        if pattern.literal is None or re.search(
            f"{re.escape(sign)}(?![%_{re.escape(sign)}])", pattern.literal.replace(sign * 2, "")
        ):
            raise self.where.mismatch(
                node, "with ESCAPE the pattern must be a literal that escapes %, _ or the sign alone"
            )
        return Sql(f"({value.text} LIKE {pattern.text} ESCAPE {text_literal(sign)})", BOOLEAN)

    def case(self, node: exp.Case, scope: Scope) -> Sql:
        branches = [part.args["true"] for part in node.args["ifs"]]
        default = node.args.get("default")
        results = self.all([*branches, *([default] if default else [])], scope)
        kind = common_type(self.where, node, results, "CASE")
        conditions = [self.case_condition(node, part.this, scope) for part in node.args["ifs"]]
        whens = [f"WHEN {c} THEN {coerced(r, kind)}" for c, r in zip(conditions, results, strict=False)]
        last = f" ELSE {coerced(results[-1], kind)}" if default else ""
        return Sql(f"(CASE {' '.join(whens)}{last} END)", kind)

    def case_condition(self, node: exp.Case, part: exp.Expr, scope: Scope) -> str:
        if node.this is None:
            return self.condition(part, scope, "WHEN")
        values = self.all([node.this, part], scope)
        return compared("=", values[0], values[1], common_type(self.where, node, values, "CASE")).text

    def choice(self, node: exp.If, scope: Scope) -> Sql:
        results = self.all([part for part in (node.args.get("true"), node.args.get("false")) if part], scope)
        kind = common_type(self.where, node, results, "IF")
        condition = self.condition(node.this, scope, "IF")
        last = coerced(results[1], kind) if len(results) > 1 else "NULL"
        return Sql(f"(CASE WHEN {condition} THEN {coerced(results[0], kind)} ELSE {last} END)", kind)

    def cast(self, node: exp.Cast, scope: Scope) -> Sql:
        return casts.cast(self.where, node, self.translate(node.this, scope))

    def today(self, _node: exp.CurrentDate, _: Scope) -> Sql:
        return Sql(f"CAST(CAST('{self.now}' AS TIMESTAMP) AS DATE)", DATE)

    def now_zoned(self, node: exp.CurrentTimestamp, _: Scope) -> Sql:
        if node.this is not None:
            raise self.where.unsupported(node, "CURRENT_TIMESTAMP with a precision")
        return Sql(f"CAST('{self.now}' AS TIMESTAMP)", ZONED)

    def scalar_query(self, node: exp.Subquery, scope: Scope) -> Sql:
        inner = self.queries.nested(node, scope)
        if len(inner.columns) != 1:
            raise self.where.mismatch(node, "a subquery used as a value must have one column")
        return Sql(f"({inner.text})", inner.columns[0].type)

    def exists(self, node: exp.Exists, scope: Scope) -> Sql:
        return Sql(f"(EXISTS ({self.queries.nested(node.this, scope).text}))", BOOLEAN)

    def call(self, node: exp.Expr, scope: Scope) -> Sql:
        return functions.call(self, node, scope)


RULES: list[tuple[tuple[type, ...], functions.Rule]] = [
    ((exp.Literal,), Expressions.literal),
    ((exp.Boolean,), Expressions.boolean_literal),
    ((exp.Null,), Expressions.null),
    ((exp.Column,), Expressions.column),
    ((exp.Paren,), Expressions.paren),
    ((exp.Neg,), Expressions.negative),
    (tuple(OPERATORS), Expressions.arithmetic),
    ((exp.DPipe,), Expressions.concatenation),
    ((exp.NullSafeEQ, exp.NullSafeNEQ), Expressions.distinct_from),
    (tuple(COMPARISONS), Expressions.comparison),
    ((exp.Between,), Expressions.between),
    ((exp.And, exp.Or), Expressions.connector),
    ((exp.Not,), Expressions.negation),
    ((exp.Is,), Expressions.is_null),
    ((exp.In,), Expressions.membership),
    ((exp.Like, exp.Escape), Expressions.like),
    ((exp.Case,), Expressions.case),
    ((exp.If,), Expressions.choice),
    ((exp.Cast,), Expressions.cast),
    ((exp.CurrentDate,), Expressions.today),
    ((exp.CurrentTimestamp,), Expressions.now_zoned),
    ((exp.Subquery,), Expressions.scalar_query),
    ((exp.Exists,), Expressions.exists),
    ((exp.Anonymous, exp.Window, exp.Filter, exp.Extract, exp.Substring, exp.StrPosition, exp.Trim), Expressions.call),
]
