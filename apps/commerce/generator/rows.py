"""Tables and their rows."""

from __future__ import annotations

from dataclasses import dataclass

TABLES: dict[str, tuple[str, ...]] = {
    "customers": ("operation", "sequence", "changed_at", "customer_id", "name", "email", "city", "country", "segment"),
    "products": ("operation", "sequence", "changed_at", "product_id", "name", "category", "list_price", "currency"),
    "orders": ("order_id", "customer_id", "ordered_at", "currency", "channel"),
    "order_items": ("order_item_id", "order_id", "line_number", "product_id", "quantity", "unit_price"),
    "payments": ("payment_id", "order_id", "method", "amount", "currency", "paid_at"),
}
"""Columns of each table after `record_id`, as they are written: products as CSV, the others as JSON lines."""

Values = dict[str, str | int | None]


@dataclass
class Row:
    """A row of one table."""

    values: Values
    bad: str | None = None
    """What is wrong with it."""
    record_id: str = ""
