"""Starts ministack, the local AWS API, with the durability it lacks by itself.

Ministack keeps every service but the bodies of S3 objects in memory and writes its state only when it
is stopped cleanly. This launcher writes the state every two seconds (each file replaced atomically),
holds a lock on the data folder so that a second process cannot spoil it, and listens on loopback only.

    python launcher.py --port 4566 --data <folder> --region eu-west-1

Below the data folder: `state/` (one JSON file a service, Lambda bundles), `s3/` (objects), `tmp/`
(unpacked Lambda code, emptied at every start), `lock`, and `running`, which is there from start to
clean stop: who finds it with nothing running knows that the last stop was not clean.

Exit codes: 0 stopped by SIGTERM or SIGINT, 3 the folder is in use, 1 anything else.
"""

import argparse
import asyncio
import contextlib
import fcntl
import hashlib
import importlib
import json
import logging
import os
import shutil
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from quick_retries import retry_soon

EXIT_IN_USE = 3

logger = logging.getLogger("lakewright.launcher")

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True)
class Settings:
    """What the command line gives."""

    port: int
    data: Path
    region: str
    checkpoint_seconds: float

    @property
    def state(self) -> Path:
        return self.data / "state"

    @property
    def running_mark(self) -> Path:
        return self.data / "running"


def parse(arguments: list[str]) -> Settings:
    parser = argparse.ArgumentParser(description="The local AWS API, checkpointed and on loopback only")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of everything that is kept")
    parser.add_argument("--region", required=True)
    parser.add_argument("--checkpoint-seconds", type=float, default=2.0)
    given = parser.parse_args(arguments)
    return Settings(given.port, given.data.resolve(), given.region, given.checkpoint_seconds)


def hold(data: Path) -> IO[str]:
    """Locks the data folder for as long as the returned file stays open.

    Raises BlockingIOError when another process holds it.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = (data / "lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise
    return lock


def configure(settings: Settings) -> None:
    """Sets what ministack reads from the environment; it does so while it is imported."""
    scratch = settings.data / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    for folder in (scratch, settings.state, settings.data / "s3"):
        folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        {
            "GATEWAY_PORT": str(settings.port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "MINISTACK_REGION": settings.region,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(settings.state),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(settings.data / "s3"),
            "LAMBDA_EXECUTOR": "local",
            "TMPDIR": str(scratch),
        }
    )
    os.environ.setdefault("LAMBDA_WARM_TTL_SECONDS", "10")


@dataclass
class Checkpoint:
    """Writes the state of every loaded service that changed since the last time."""

    app: ModuleType
    persistence: ModuleType
    folder: Path
    written: dict[str, str] = field(default_factory=dict)

    async def every(self, seconds: float, stop: asyncio.Event) -> None:
        """Takes checkpoints until stopped; a failed one is logged and the next tried."""
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), seconds)
            try:
                await self.take()
            except OSError:
                logger.exception("checkpoint failed")

    async def take(self) -> None:
        bundles = self._keep_bundles()
        try:
            documents = self._documents()
        finally:
            bundles.restore()
        await asyncio.to_thread(self._write, documents)
        bundles.prune()

    def _documents(self) -> dict[str, object]:
        """Copies of the states, taken together on the event loop so that they belong to one moment."""
        documents: dict[str, object] = {}
        for service, get_state in self.app._build_persistence_save_dict().items():
            try:
                state = get_state()
            except RuntimeError as error:
                # A worker thread changed a table while it was copied: the next checkpoint has it.
                logger.debug("checkpoint: %s is busy: %s", service, error)
                continue
            if state is not None:
                documents[service] = state
        return documents

    def _write(self, documents: dict[str, object]) -> None:
        for service, state in documents.items():
            document = {"__ministack_format__": self.persistence._state_format_version(service), "payload": state}
            try:
                text = json.dumps(document, default=self.persistence._json_default)
            except RuntimeError as error:
                logger.debug("checkpoint: %s is busy: %s", service, error)
                continue
            digest = hashlib.sha256(text.encode()).hexdigest()
            if self.written.get(service) == digest:
                continue
            draft = self.folder / f"{service}.json.draft"
            draft.write_text(text)
            draft.replace(self.folder / f"{service}.json")
            self.written[service] = digest

    def _keep_bundles(self) -> "BundleKeeper":
        return BundleKeeper(sys.modules.get("ministack.services.lambda_svc"))


class BundleKeeper:
    """Delays the removal of old Lambda bundles until the state that no longer names them is on disk.

    Ministack removes them while it collects its state; killed between the two, the state on disk would
    name a bundle that is gone.
    """

    def __init__(self, service: ModuleType | None) -> None:
        self._service = service
        self._referenced: set[str] | None = None
        if service is not None:
            self._prune: Callable[[set[str]], None] = service._prune_orphan_code_blobs
            service._prune_orphan_code_blobs = self._remember  # type: ignore[attr-defined]

    def _remember(self, referenced: set[str]) -> None:
        self._referenced = referenced

    def restore(self) -> None:
        if self._service is not None:
            self._service._prune_orphan_code_blobs = self._prune  # type: ignore[attr-defined]

    def prune(self) -> None:
        if self._referenced is not None:
            self._prune(self._referenced)


KEY_ID_TAG = "lakewright:key-id"


def let_tags_choose_key_ids(kms: ModuleType) -> None:
    """Lets CreateKey take the id from a tag, so that keys have the ARNs that the Terraform state knows."""
    create: Callable[[dict[str, Any]], Any] = kms._create_key
    new_id: Callable[[], str] = kms.new_uuid

    def create_key(data: dict[str, Any]) -> Any:
        tags = {tag.get("TagKey"): tag.get("TagValue") for tag in data.get("Tags", [])}
        wanted = tags.get(KEY_ID_TAG)
        kms.new_uuid = (lambda: wanted) if wanted else new_id  # type: ignore[attr-defined]
        try:
            return create(data)
        finally:
            kms.new_uuid = new_id  # type: ignore[attr-defined]

    kms._create_key = create_key  # type: ignore[attr-defined]


@dataclass
class S3Events:
    """Counts the S3 events of this process, so that a caller can wait until none is on its way.

    Ministack sends each in a thread of its own, after the request that caused it was answered: an empty
    queue alone does not tell that nothing will come.
    """

    fired: int = 0
    sent: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def watch(self, s3: ModuleType) -> None:
        fire_async: Callable[..., None] = s3._fire_s3_event_async
        fire: Callable[..., None] = s3._fire_s3_event

        def counted_async(bucket: str, *arguments: Any, **named: Any) -> None:
            if bucket in s3._bucket_notifications:
                with self._lock:
                    self.fired += 1
            fire_async(bucket, *arguments, **named)

        def counted(*arguments: Any, **named: Any) -> None:
            try:
                fire(*arguments, **named)
            finally:
                # Only the asynchronous caller names a sequencer.
                if "sequencer" in named:
                    with self._lock:
                        self.sent += 1

        s3._fire_s3_event_async = counted_async  # type: ignore[attr-defined]
        s3._fire_s3_event = counted  # type: ignore[attr-defined]

    async def answer(self, send: Send, busy: int) -> None:
        """GET /_lakewright/activity: `{"fired": 12, "sent": 12, "busy": 0}`.

        S3 events fired and sent since the start of this process; Lambda workers at work now.
        """
        body = json.dumps({"fired": self.fired, "sent": self.sent, "busy": busy}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT, then saves everything and ends the Lambda workers."""
    app = importlib.import_module("ministack.app")
    persistence = importlib.import_module("ministack.core.persistence")
    workers = importlib.import_module("ministack.core.lambda_runtime")
    let_tags_choose_key_ids(importlib.import_module("ministack.services.kms"))
    events = S3Events()
    events.watch(importlib.import_module("ministack.services.s3"))
    functions = importlib.import_module("ministack.services.lambda_svc")
    retry_soon(functions, importlib.import_module("ministack.services.sqs"))
    hypercorn = importlib.import_module("hypercorn.asyncio")
    config = importlib.import_module("hypercorn.config").Config()
    config.bind = [f"127.0.0.1:{settings.port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "WARNING"

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    checkpoint = Checkpoint(app, persistence, settings.state)
    checkpoints: list[asyncio.Task[None]] = []

    async def launched(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/_lakewright/activity":
            await events.answer(send, workers.workers_in_use())
            return

        async def after_start(message: Message) -> None:
            # Not before: until the saved state is loaded there is only an empty one to write.
            if message["type"] == "lifespan.startup.complete":
                settings.running_mark.write_text(f"{os.getpid()}\n")
                checkpoints.append(loop.create_task(checkpoint.every(settings.checkpoint_seconds, stop)))
            await send(message)

        await app.app(scope, receive, after_start if scope["type"] == "lifespan" else send)

    await hypercorn.serve(launched, config, shutdown_trigger=stop.wait)
    # Ministack has saved everything by now, but a checkpoint under way may have replaced it by something older.
    await asyncio.gather(*checkpoints)
    workers.reset()
    checkpoint.written.clear()
    await checkpoint.take()


def main(arguments: list[str]) -> int:
    settings = parse(arguments)
    try:
        lock = hold(settings.data)
    except BlockingIOError:
        print(f"{settings.data} is in use by another ministack", file=sys.stderr)
        return EXIT_IN_USE
    with lock:
        configure(settings)
        asyncio.run(serve(settings))
        settings.running_mark.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    logging.shutdown()
    # Pollers and handlers still running are daemons or killed workers: nothing is left to wait for.
    os._exit(code)
