"""A batch as files, and the files on the disk."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path

from rows import TABLES, Row
from shop import ABSURD_PRICE, Batch, text_of


class GeneratorError(Exception):
    """Something that the caller can mend."""


def files_of(batch: Batch) -> dict[str, bytes]:
    """Content by path below the output; the manifest comes last."""
    files = {}
    for table, rows in batch.rows.items():
        suffix = "csv" if table == "products" else "jsonl"
        write = csv_of if suffix == "csv" else json_lines_of
        files[f"{table}/batch-{batch.number:06d}.{suffix}"] = write(table, rows)
    files[manifest_path(batch.number)] = f"{json.dumps(manifest_of(batch), indent=1)}\n".encode()
    return files


def manifest_path(number: int) -> str:
    return f"_manifests/batch-{number:06d}.json"


def csv_of(table: str, rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("record_id", *TABLES[table]))
    for row in rows:
        writer.writerow((row.record_id, *(row.values[column] for column in TABLES[table])))
    return text.getvalue().encode()


def json_lines_of(table: str, rows: Sequence[Row]) -> bytes:
    lines = []
    for row in rows:
        line = json.dumps({"record_id": row.record_id} | {column: row.values[column] for column in TABLES[table]})
        lines.append(line[: len(line) * 2 // 3] if row.bad == "broken_line" else line)
    return "".join(f"{line}\n" for line in lines).encode()


def manifest_of(batch: Batch) -> dict[str, object]:
    settings = batch.settings
    tables = {}
    for table, rows in batch.rows.items():
        bad: dict[str, list[str]] = {}
        for row in rows:
            if row.bad is not None:
                bad.setdefault(row.bad, []).append(row.record_id)
        tables[table] = {"rows": len(rows), "bad": dict(sorted(bad.items()))}
    return {
        "batch": batch.number,
        "seed": settings.seed,
        "count": settings.count,
        "start": text_of(settings.start),
        "tables": tables,
        "refused_by_gold": {ABSURD_PRICE: [row.record_id for row in batch.absurd]},
    }


def write_files(output: Path, files: dict[str, bytes]) -> None:
    """Each file appears whole or not at all; one that is there with this content stays untouched.

    Raises GeneratorError for one that is there with another: whoever has read it would not read it again.
    """
    for name, content in files.items():
        path = output / name
        if path.exists():
            if path.read_bytes() == content:
                continue
            raise GeneratorError(
                f"{path} is there with other content: take another --batch, or the arguments it was made with"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.draft")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)


def next_batch(output: Path) -> int:
    """The first number without a manifest."""
    number = 1
    while (output / manifest_path(number)).exists():
        number += 1
    return number
