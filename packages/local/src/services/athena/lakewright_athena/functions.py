"""Calls: scalar functions, aggregates and window functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from lakewright_athena import scalars
from lakewright_athena.aggregates import AGGREGATES, WINDOW_ONLY, Aggregate
from lakewright_athena.errors import QueryError
from lakewright_athena.scalars import SCALARS, Call
from lakewright_athena.sql import Sql, Where
from lakewright_athena.types import BIGINT

if TYPE_CHECKING:
    from lakewright_athena.expressions import Expressions
    from lakewright_athena.scope import Scope

Rule = Callable[[Any, Any, Any], Sql]
FIELDS = (
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "day_of_week",
    "dow",
    "day_of_year",
    "doy",
    "hour",
    "minute",
    "second",
)


def concat(where: Where, node: exp.Expr, args: list[Sql]) -> Sql:
    return scalars.concat(Call(where, node, "||", args, ""))


def call(within: Expressions, node: exp.Expr, scope: Scope) -> Sql:
    """Translates a call, with its FILTER and OVER."""
    if isinstance(node, exp.Window):
        return windowed(within, node, scope)
    if isinstance(node, exp.Filter):
        condition = within.condition(node.expression.this, scope, "FILTER")
        return aggregated(within, node.this, scope, lambda text: f"{text} FILTER (WHERE {condition})")
    if isinstance(node, exp.Anonymous):
        name = node.name.lower()
        if name in AGGREGATES:
            return aggregated(within, node, scope, lambda text: text)
        return scalar(within, node, name, list(node.expressions), scope)
    return spelled(within, node, scope)


def spelled(within: Expressions, node: exp.Expr, scope: Scope) -> Sql:
    """Functions with a syntax of their own: EXTRACT(YEAR FROM x), SUBSTRING(x FROM 2), POSITION(a IN b), TRIM(x)."""
    if isinstance(node, exp.Extract):
        field = node.name.lower()
        if field not in FIELDS:
            raise within.where.unsupported(node, f"EXTRACT({field})", f"of these: {', '.join(FIELDS)}")
        return scalar(within, node, field, [node.expression], scope)
    if isinstance(node, exp.Substring):
        parts = [node.this, node.args.get("start"), node.args.get("length")]
        return scalar(within, node, "substr", [part for part in parts if part is not None], scope)
    if isinstance(node, exp.StrPosition) and not {"position", "occurrence"} & {k for k, v in node.args.items() if v}:
        return scalar(within, node, "strpos", [node.this, node.args["substr"]], scope)
    if isinstance(node, exp.Trim) and not node.expression and not node.args.get("collation"):
        name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position") or ""), "trim")
        return scalar(within, node, name, [node.this], scope)
    raise within.where.unsupported(node, node.sql("trino")[:60])


def scalar(within: Expressions, node: exp.Expr, name: str, args: list[exp.Expr], scope: Scope) -> Sql:
    if name in WINDOW_ONLY:
        raise QueryError("FUNCTION_NOT_FOUND", f"{name} is a window function: write OVER", within.where.of(node))
    known = SCALARS.get(name)
    if known is None:
        hint = "docs/reference/athena.md lists the functions that can"
        raise within.where.unsupported(node, f"the function {name}", hint)
    least, most, rule = known
    if not least <= len(args) <= most:
        raise within.where.mismatch(node, f"{name} does not take {len(args)} arguments")
    return rule(Call(within.where, node, name, within.all(args, scope), within.now))


def aggregated(within: Expressions, node: exp.Expr, scope: Scope, over: Callable[[str], str]) -> Sql:
    """An aggregate; `over` puts FILTER or OVER behind each call that DuckDB makes of it."""
    name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
    if name not in AGGREGATES:
        raise within.where.unsupported(node, f"{name or node.sql('trino')[:40]} as an aggregate")
    args = list(node.expressions)
    distinct = len(args) == 1 and isinstance(args[0], exp.Distinct)
    if distinct:
        args = list(args[0].expressions)
    if any(isinstance(arg, (exp.Star, exp.Order, exp.Ordered)) for arg in args):
        if name != "count" or len(args) != 1 or distinct or not isinstance(args[0], exp.Star):
            raise within.where.unsupported(node, f"{name} with * or ORDER BY")
        return Sql(over("count(*)"), BIGINT)
    values = within.all(args, scope)
    return AGGREGATES[name](Aggregate(within.where, node, name, values, distinct, over))


def windowed(within: Expressions, node: exp.Window, scope: Scope) -> Sql:
    if node.args.get("alias") or node.args.get("first") is not None or isinstance(node.this, exp.IgnoreNulls):
        raise within.where.unsupported(node, "a named window or IGNORE NULLS", "write the window out")
    parts = []
    if node.args.get("partition_by"):
        parts.append(f"PARTITION BY {', '.join(v.text for v in within.all(node.args['partition_by'], scope))}")
    order = node.args.get("order")
    if order:
        parts.append(f"ORDER BY {', '.join(ordered(within, item, scope) for item in order.expressions)}")
    spec = node.args.get("spec")
    if spec:
        parts.append(frame(within, spec))
    window = f" OVER ({' '.join(parts)})"
    inner = node.this
    name = inner.name.lower() if isinstance(inner, exp.Anonymous) else ""
    if name in WINDOW_ONLY:
        values = within.all(list(inner.expressions), scope)
        return WINDOW_ONLY[name](Aggregate(within.where, node, name, values, False, lambda text: text + window))
    if isinstance(inner, exp.Filter):
        raise within.where.unsupported(node, "FILTER with OVER", "use sum(if(...)) over (...)")
    if any(isinstance(arg, exp.Distinct) for arg in inner.args.get("expressions") or []):
        raise within.where.unsupported(node, "DISTINCT in a window function")
    return aggregated(within, inner, scope, lambda text: text + window)


def ordered(within: Expressions, item: exp.Expr, scope: Scope) -> str:
    """NULLs last in either direction, unless the query says otherwise (Trino: "ORDER BY clause")."""
    if isinstance(item.this, exp.Literal):
        raise within.where.unsupported(item, "ORDER BY a literal in a window")
    return f"{within.translate(item.this, scope).text} {direction(item)}"


def direction(item: exp.Expr) -> str:
    nulls = "FIRST" if item.args.get("nulls_first") else "LAST"
    return f"{'DESC' if item.args.get('desc') else 'ASC'} NULLS {nulls}"


def frame(within: Expressions, spec: exp.Expr) -> str:
    kind = str(spec.args.get("kind") or "").upper()
    if kind not in ("ROWS", "RANGE") or spec.args.get("exclude"):
        raise within.where.unsupported(spec, f"the frame {kind}")
    bounds = []
    for side in ("start", "end"):
        value = spec.args.get(side) or "CURRENT ROW"
        if isinstance(value, exp.Literal):
            if kind == "RANGE":
                raise within.where.unsupported(spec, "RANGE with an offset")
            value = str(int(value.name))
        elif value not in ("UNBOUNDED", "CURRENT ROW"):
            raise within.where.unsupported(spec, "this frame")
        bounds.append(f"{value} {spec.args.get(f'{side}_side') or ''}".strip())
    return f"{kind} BETWEEN {bounds[0]} AND {bounds[1]}"
