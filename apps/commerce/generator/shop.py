"""The simulated shop: what it sells in a day, and how its customers and products change."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from rows import TABLES, Row, Values

CURRENCIES = ("EUR", "GBP", "USD")
METHODS = ("card", "invoice", "transfer", "wallet")
CHANNELS = ("app", "shop", "web")
SEGMENTS = ("business", "club", "private")
PLACES = (("Graz", "AT"), ("Porto", "PT"), ("Ghent", "BE"), ("Leipzig", "DE"), ("Lyon", "FR"), ("Turku", "FI"))
GIVEN_NAMES = ("Ada", "Bruno", "Chiara", "Dmitri", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Luc")
FAMILY_NAMES = ("Almeida", "Berg", "Costa", "Dubois", "Eriksen", "Fischer", "Grünwald", "Horvat", "Ito", "Jansen")
CATEGORIES = ("books", "garden", "kitchen", "music", "sports", "toys")
NOUNS = ("lamp", "notebook", "kettle", "racket", "guitar", "puzzle", "shovel", "atlas", "drum", "whisk")

ABSURD_PRICE = "order_items.absurd_price"
"""What silver takes and gold refuses: an order that costs a fortune, and is paid. Made only when --bad names it."""
FORTUNE = Decimal("99000000.00")


@dataclass(frozen=True)
class Settings:
    """What decides what is written."""

    seed: int
    count: int
    start: datetime
    shares: dict[str, float]
    """Bad rows of each kind, as a share of the good rows of its table."""
    late_share: float
    duplicate_share: float


@dataclass
class Entity:
    """A customer or a product as its last change left it."""

    values: Values
    is_deleted: bool = False


@dataclass
class Shop:
    """The simulated shop after some batches."""

    customers: dict[str, Entity] = field(default_factory=dict)
    products: dict[str, Entity] = field(default_factory=dict)
    sequence: int = 0
    late: dict[str, list[Row]] = field(default_factory=lambda: {"customers": [], "products": []})
    """Changes that come with the next batch, behind changes of a higher sequence."""


@dataclass
class Batch:
    """One day."""

    number: int
    settings: Settings
    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in TABLES})
    absurd: list[Row] = field(default_factory=list)

    @property
    def day(self) -> datetime:
        return self.settings.start + timedelta(days=self.number - 1)

    def chance(self, purpose: str) -> random.Random:
        """Randomness of one purpose: another number of orders leaves the customers as they are."""
        digest = hashlib.sha256(f"{self.settings.seed}/{self.number}/{purpose}".encode()).digest()
        return random.Random(int.from_bytes(digest[:8], "big"))


def nth_batch(settings: Settings, number: int) -> Batch:
    """The good rows of that day. The days before it are made too: the shop goes on where they left it.

    Who buys and what is sold does not depend on the number of orders: a day may have more of them than the day before.
    """
    shop = Shop()
    for day in range(1, number + 1):
        batch = Batch(day, settings)
        first = day == 1
        change_customers(shop, batch, 40 if first else 4)
        change_products(shop, batch, 40 if first else 1)
    sell(shop, batch)
    return batch


def change_customers(shop: Shop, batch: Batch, added: int) -> None:
    chance = batch.chance("customers")
    for _ in range(added):
        given, family = chance.choice(GIVEN_NAMES), chance.choice(FAMILY_NAMES)
        city, country = chance.choice(PLACES)
        key = f"C{len(shop.customers) + 1:06d}"
        email = f"{given}.{family}.{key}@example.com".lower().replace("ü", "ue")
        values: Values = {"customer_id": key, "name": f"{given} {family}", "email": email, "city": city}
        shop.customers[key] = Entity(values | {"country": country, "segment": chance.choice(SEGMENTS)})
        record(shop, batch, "customers", "INSERT", shop.customers[key].values)
    for entity in some_of(shop.customers, added, chance):
        if chance.random() < 0.5:
            entity.values["city"], entity.values["country"] = chance.choice(PLACES)
        else:
            entity.values["segment"] = chance.choice(SEGMENTS)
        record(shop, batch, "customers", "UPDATE", entity.values)
    if batch.number > 1:
        delete_one(shop, batch, "customers", shop.customers, "customer_id")
    deliver(shop, batch, "customers")


def change_products(shop: Shop, batch: Batch, added: int) -> None:
    chance = batch.chance("products")
    for _ in range(added):
        key = f"P{len(shop.products) + 1:05d}"
        name = f"{chance.choice(NOUNS)} {chance.choice(NOUNS)} no. {chance.randint(1, 99)}"
        values: Values = {"product_id": key, "name": name, "category": chance.choice(CATEGORIES)}
        shop.products[key] = Entity(values | {"list_price": price(chance), "currency": "EUR"})
        record(shop, batch, "products", "INSERT", shop.products[key].values)
    for entity in some_of(shop.products, added, chance):
        entity.values["list_price"] = price(chance)
        record(shop, batch, "products", "UPDATE", entity.values)
    if batch.number > 1:
        delete_one(shop, batch, "products", shop.products, "product_id")
    deliver(shop, batch, "products")


def price(chance: random.Random) -> str:
    return str(Decimal(chance.randint(199, 19999)) / 100)


def some_of(entities: dict[str, Entity], added: int, chance: random.Random) -> list[Entity]:
    """A tenth of those that are there, the new ones left out, and one at least."""
    there = [entity for entity in list(entities.values())[: len(entities) - added] if not entity.is_deleted]
    return chance.sample(there, max(1, len(there) // 10)) if there else []


def delete_one(shop: Shop, batch: Batch, table: str, entities: dict[str, Entity], key: str) -> None:
    there = [entity for entity in entities.values() if not entity.is_deleted]
    gone = batch.chance(f"deletion of {table}").choice(there)
    gone.is_deleted = True
    record(shop, batch, table, "DELETE", {key: gone.values[key]})


def record(shop: Shop, batch: Batch, table: str, operation: str, values: Values) -> None:
    shop.sequence += 1
    changed_at = text_of(batch.day + timedelta(seconds=shop.sequence % 86_400))
    change: Values = {"operation": operation, "sequence": shop.sequence, "changed_at": changed_at}
    batch.rows[table].append(Row(dict.fromkeys(TABLES[table]) | change | values))


def deliver(shop: Shop, batch: Batch, table: str) -> None:
    """Some changes come a batch later, some come twice."""
    chance = batch.chance(f"delivery of {table}")
    late = [
        row
        for row in batch.rows[table]
        if row.values["operation"] != "INSERT" and chance.random() < batch.settings.late_share
    ]
    kept = [row for row in batch.rows[table] if not any(row is each for each in late)]
    twice = [Row(dict(row.values)) for row in kept if chance.random() < batch.settings.duplicate_share]
    batch.rows[table] = kept + twice + shop.late[table]
    shop.late[table] = late


def sell(shop: Shop, batch: Batch) -> None:
    """Orders with their items and payments. A late order is some days old when it comes."""
    settings, chance = batch.settings, batch.chance("orders")
    customers = [key for key, entity in shop.customers.items() if not entity.is_deleted]
    products = [entity for entity in shop.products.values() if not entity.is_deleted]
    absurd = batch.chance(ABSURD_PRICE).sample(
        range(settings.count), round(settings.count * settings.shares.get(ABSURD_PRICE, 0))
    )
    for index in range(settings.count):
        order_id = f"O{batch.number:05d}-{index + 1:07d}"
        age = timedelta(days=chance.randint(1, 5) if chance.random() < settings.late_share else 0)
        ordered_at = batch.day - age + timedelta(seconds=chance.randrange(20 * 3600))
        currency = chance.choice(CURRENCIES)
        total = Decimal(0)
        for line in range(1, chance.randint(1, 4) + 1):
            product = chance.choice(products).values
            quantity, unit_price = (chance.randint(1, 5), Decimal(str(product["list_price"])))
            is_absurd = line == 1 and index in absurd
            unit_price = FORTUNE if is_absurd else unit_price
            total += quantity * unit_price
            item: Values = {"order_item_id": f"{order_id}-{line}", "order_id": order_id, "line_number": line}
            item |= {"product_id": product["product_id"], "quantity": quantity, "unit_price": str(unit_price)}
            batch.rows["order_items"].append(Row(item))
            if is_absurd:
                batch.absurd.append(batch.rows["order_items"][-1])
        order: Values = {
            "order_id": order_id,
            "customer_id": chance.choice(customers),
            "ordered_at": text_of(ordered_at),
        }
        batch.rows["orders"].append(Row(order | {"currency": currency, "channel": chance.choice(CHANNELS)}))
        paid_at = text_of(ordered_at + timedelta(seconds=chance.randrange(3 * 3600)))
        payment: Values = {"payment_id": f"PAY-{order_id}", "order_id": order_id, "method": chance.choice(METHODS)}
        batch.rows["payments"].append(Row(payment | {"amount": str(total), "currency": currency, "paid_at": paid_at}))


def text_of(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
