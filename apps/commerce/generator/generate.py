"""Writes one day of a shop's data to a folder: orders, order items, payments, changes of customers and of products.

Nothing but the arguments decides what is written: the same seed and batch give byte-identical files, whenever and
however often. Bad rows come on top of the good ones, each with exactly one thing wrong; the manifest says which rows
they are. Needs the standard library and the files beside it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bad_rows import BAD_KINDS, add_bad_rows
from files import GeneratorError, files_of, next_batch, write_files
from rows import TABLES
from shop import ABSURD_PRICE, Batch, Settings, nth_batch


def share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError
    return value


def whole_number(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def batch_number(text: str) -> int | None:
    return None if text == "next" else whole_number(text)


def first_day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)


def bad_share(text: str) -> tuple[str, float]:
    key, _, value = text.partition("=")
    if key not in {*(kind.key for kind in BAD_KINDS), ABSURD_PRICE}:
        raise argparse.ArgumentTypeError(f"there is no kind {key!r}; --help names them")
    return key, share(value)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    kinds = "\n".join(f"  {key}" for key in [*(kind.key for kind in BAD_KINDS), f"{ABSURD_PRICE} (only by --bad)"])
    parser = argparse.ArgumentParser(
        prog="generate.py",
        description="Writes one day of a shop's data. The same arguments give the same files, byte by byte.",
        epilog=f"kinds of bad rows:\n{kinds}\n\nexit codes: 0 done, 1 failed, 2 wrong usage",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--output", required=True, type=Path, help="folder, or /Volumes/<catalog>/<schema>/<volume>")
    parser.add_argument("--seed", type=int, default=1, help="of the randomness (1)")
    parser.add_argument("--count", type=whole_number, default=200, help="orders of a batch (200)")
    parser.add_argument(
        "--batch",
        type=batch_number,
        default=None,
        help="number of the day, from 1; next (default): the first that is not there",
    )
    parser.add_argument("--start", type=first_day, default="2025-01-01", help="day of the first batch (2025-01-01)")
    parser.add_argument(
        "--bad-share",
        type=share,
        default=0.0,
        help="bad rows, all kinds of a table together, as a share of its good rows (0)",
    )
    parser.add_argument(
        "--bad",
        type=bad_share,
        action="append",
        default=[],
        metavar="KIND=SHARE",
        help="the share of one kind; may be repeated",
    )
    parser.add_argument("--late-share", type=share, default=0.05, help="orders and changes that come late (0.05)")
    parser.add_argument("--duplicate-share", type=share, default=0.05, help="changes that come twice (0.05)")
    return parser.parse_args(arguments)


def settings_of(options: argparse.Namespace) -> Settings:
    kinds = {table: [kind.key for kind in BAD_KINDS if kind.table == table] for table in TABLES}
    shares = {key: options.bad_share / len(keys) for keys in kinds.values() for key in keys}
    return Settings(
        seed=options.seed,
        count=options.count,
        start=options.start,
        shares=shares | dict(options.bad),
        late_share=options.late_share,
        duplicate_share=options.duplicate_share,
    )


def made_batch(settings: Settings, number: int) -> Batch:
    """Good rows and bad ones mixed; each has its number in the file."""
    batch = nth_batch(settings, number)
    add_bad_rows(batch)
    for table, rows in batch.rows.items():
        batch.chance(f"order of {table}").shuffle(rows)
        for index, row in enumerate(rows):
            row.record_id = f"{table}-{number:06d}-{index + 1:06d}"
    return batch


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    try:
        batch = made_batch(settings_of(options), options.batch or next_batch(options.output))
        write_files(options.output, files_of(batch))
    except (GeneratorError, OSError) as error:
        print(f"generate.py: {error}", file=sys.stderr)
        return 1
    print(json.dumps({"batch": batch.number, "rows": {table: len(rows) for table, rows in batch.rows.items()}}))
    return 0


if __name__ == "__main__":
    # A task of a job that ends by exit(0) would count as failed.
    if code := main(sys.argv[1:]):
        sys.exit(code)
