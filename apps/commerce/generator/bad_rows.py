"""What can be wrong with a row. Silver refuses each kind by one expectation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from rows import Row, Values
from shop import CURRENCIES, Batch


@dataclass(frozen=True)
class BadKind:
    """One thing that can be wrong with a row of a table."""

    table: str
    name: str
    spoil: Callable[[Values], None]

    @property
    def key(self) -> str:
        return f"{self.table}.{self.name}"


def put(column: str, value: str | int | None) -> Callable[[Values], None]:
    return lambda values: values.update({column: value})


def negate(column: str) -> Callable[[Values], None]:
    def spoil(values: Values) -> None:
        value = values[column]
        values[column] = -value if isinstance(value, int) else f"-{value}"

    return spoil


def postpone(column: str) -> Callable[[Values], None]:
    return lambda values: values.update({column: f"2999{str(values[column])[4:]}"})


def add_one(column: str) -> Callable[[Values], None]:
    return lambda values: values.update({column: str(Decimal(str(values[column])) + 1)})


def leave(_: Values) -> None:
    """The line is cut off when it is written."""


def another_currency(values: Values) -> None:
    values["currency"] = next(currency for currency in CURRENCIES if currency != values["currency"])


BAD_KINDS = (
    BadKind("customers", "missing_key", put("customer_id", None)),
    BadKind("customers", "unknown_operation", put("operation", "UPSERT")),
    BadKind("customers", "missing_sequence", put("sequence", None)),
    BadKind("customers", "wrong_email", put("email", "nobody at nowhere")),
    BadKind("products", "missing_key", put("product_id", None)),
    BadKind("products", "unknown_operation", put("operation", "UPSERT")),
    BadKind("products", "missing_sequence", put("sequence", None)),
    BadKind("products", "negative_price", negate("list_price")),
    BadKind("orders", "broken_line", leave),
    BadKind("orders", "missing_key", put("order_id", None)),
    BadKind("orders", "unknown_customer", put("customer_id", "C-unknown")),
    BadKind("orders", "wrong_currency", put("currency", "XXX")),
    BadKind("orders", "unreadable_date", put("ordered_at", "yesterday")),
    BadKind("orders", "future_date", postpone("ordered_at")),
    BadKind("order_items", "missing_key", put("order_item_id", None)),
    BadKind("order_items", "unknown_order", put("order_id", "O-unknown")),
    BadKind("order_items", "unknown_product", put("product_id", "P-unknown")),
    BadKind("order_items", "negative_quantity", negate("quantity")),
    BadKind("order_items", "negative_price", negate("unit_price")),
    BadKind("payments", "missing_key", put("payment_id", None)),
    BadKind("payments", "unknown_order", put("order_id", "O-unknown")),
    BadKind("payments", "unknown_method", put("method", "shells")),
    BadKind("payments", "wrong_amount", add_one("amount")),
    BadKind("payments", "wrong_currency", another_currency),
    BadKind("payments", "future_date", postpone("paid_at")),
)
"""What silver refuses, by one expectation each."""


def add_bad_rows(batch: Batch) -> None:
    """Copies of good rows with keys of their own and one thing wrong."""
    good = {
        table: [row for row in rows if row.values.get("operation") != "DELETE"] for table, rows in batch.rows.items()
    }
    keys = {"orders": "order_id", "order_items": "order_item_id", "payments": "payment_id"}
    for kind in BAD_KINDS:
        chance = batch.chance(kind.key)
        table = good[kind.table]
        for index in range(round(len(table) * batch.settings.shares.get(kind.key, 0))):
            values = dict(chance.choice(table).values)
            if kind.table in keys:
                values[keys[kind.table]] = f"{values[keys[kind.table]]}-{kind.name}-{index + 1}"
            kind.spoil(values)
            batch.rows[kind.table].append(Row(values, bad=kind.name))
