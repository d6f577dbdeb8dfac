"""Objects that are written whole or not at all, whenever the process is killed and whatever the disk holds.

Ministack replaces an object's body and then the sidecar that describes it, each atomically. Killed between the two, the
new body would stand under the old version's name, and the next write would keep it as that version's content. So an
intent is written before the two and removed after them; one that is found at the start is brought to its end.

A body that cannot be written at all is only logged by ministack, and the request answered as if it had been: here
the process ends instead. Nothing that was acknowledged is lost then, and the next start finds what was on disk.
"""

import hashlib
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

EXIT_STORAGE = 4

logger = logging.getLogger("lakewright.launcher")


def finish_intent(file: Path) -> None:
    """Brings the write that a killed process was at to its end: the sidecar, if the body is there, else nothing."""
    try:
        intent = json.loads(file.read_text())
    except FileNotFoundError:
        return
    except ValueError:
        # Killed while it wrote the intent: the object had not been touched.
        file.unlink()
        return
    body = Path(intent["path"])
    if body.is_file() and digest(body.read_bytes()) == intent["digest"]:
        draft = Path(f"{body}.meta.json.draft.tmp")
        draft.write_text(json.dumps(intent["sidecar"]))
        draft.replace(f"{body}.meta.json")
    file.unlink()


def write_whole(s3: ModuleType, file: Path) -> None:
    """Takes the place of ministack's own writing of objects."""
    persist: Callable[..., None] = s3._persist_object
    keep: Callable[..., None] = s3._persist_displaced_version
    atomic_write: Callable[..., None] = s3._atomic_write

    def persist_object(bucket: str, key: str, record: Any) -> None:
        body = record.get("body") if isinstance(record, dict) else None
        if body is None:
            persist(bucket, key, record)
            return
        sidecar = {**s3._object_meta_from_record(record), **s3._key_history_meta(bucket, key), "key": key}
        intent = {"path": s3._object_disk_path(bucket, key), "digest": digest(body), "sidecar": sidecar}
        write_or_end(str(file), json.dumps(intent), text=True)
        persist(bucket, key, record)
        if record.get("body") is not None:
            # Ministack lets go of a body that it has written.
            end(intent["path"], "see the line above")
        file.unlink()

    def keep_displaced_version(bucket: str, key: str, prior: dict[str, Any] | None, versioning: str) -> None:
        folder = prior and s3._version_disk_path(bucket, key, prior.get("version_id") or "null")
        if folder:
            try:
                Path(folder).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                end(folder, error.strerror)
        keep(bucket, key, prior, versioning)

    def write_or_end(path: str, data: Any, *, text: bool = False) -> None:
        try:
            atomic_write(path, data, text=text)
        except OSError as error:
            end(path, error.strerror)

    s3._persist_displaced_version = keep_displaced_version  # type: ignore[attr-defined]
    s3._persist_object = persist_object  # type: ignore[attr-defined]
    s3._atomic_write = write_or_end  # type: ignore[attr-defined]


def end(path: str, why: str | None) -> NoReturn:
    logger.critical("stopped: %s could not be written: %s", path, why)
    logging.shutdown()
    os._exit(EXIT_STORAGE)


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
