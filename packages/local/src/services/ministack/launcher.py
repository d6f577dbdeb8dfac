"""Starts ministack, the local AWS API, with the durability it lacks by itself.

Ministack keeps every service but the bodies of S3 objects in memory and writes its state only when it
is stopped cleanly. This launcher writes the state every two seconds (each file replaced atomically),
holds a lock on the data folder so that a second process cannot spoil it, and listens on loopback only.

    python launcher.py --port 4566 --data <folder> --region eu-west-1
        --dms-port 4567 --glue-port 4568 --athena-port 4569

Objects in S3 are written through (`s3_objects.py`), and S3 events that a kill may have swallowed can be
sent again (`s3_events.py`).

Below the data folder: `state/` (one JSON file a service, Lambda bundles), `s3/` (objects), `tmp/`
(unpacked Lambda code, emptied at every start), `lock`, `checkpoint.json` (when the last one was taken, and
which S3 events it holds), `intent.json` (the object being written), and `running`, which is there from start to
clean stop: who finds it with nothing running knows that the last stop was not clean.

Exit codes: 0 stopped by SIGTERM or SIGINT, 3 the folder is in use, 4 an object could not be written,
1 anything else.
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
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from chosen_ids import let_tags_choose_key_ids, let_tags_choose_secret_arns, let_tokens_choose_query_ids
from delegates import delegate_athena, delegate_dms, delegate_glue_jobs
from inner_states import record_inner_states
from quick_retries import retry_soon
from s3_events import S3Events, answer_json, sequencer
from s3_objects import finish_intent, write_whole

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
    dms_port: int
    glue_port: int
    athena_port: int

    @property
    def state(self) -> Path:
        return self.data / "state"

    @property
    def running_mark(self) -> Path:
        return self.data / "running"

    @property
    def checkpoint(self) -> Path:
        return self.data / "checkpoint.json"

    @property
    def intent(self) -> Path:
        return self.data / "intent.json"


def parse(arguments: list[str]) -> Settings:
    parser = argparse.ArgumentParser(description="The local AWS API, checkpointed and on loopback only")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of everything that is kept")
    parser.add_argument("--region", required=True)
    parser.add_argument("--dms-port", type=int, required=True, help="where the project's DMS answers")
    parser.add_argument("--glue-port", type=int, required=True, help="where the project's Glue jobs are run")
    parser.add_argument("--athena-port", type=int, required=True, help="where the project's Athena runs queries")
    parser.add_argument("--checkpoint-seconds", type=float, default=2.0)
    given = parser.parse_args(arguments)
    data = given.data.resolve()
    ports = (given.dms_port, given.glue_port, given.athena_port)
    return Settings(given.port, data, given.region, given.checkpoint_seconds, *ports)


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
    events: S3Events
    settings: Settings
    written: dict[str, str] = field(default_factory=dict)
    # How often a service was saved on its own: a copy that was taken before must not take the place of a later one.
    saved: Counter[str] = field(default_factory=Counter)
    writing: threading.Lock = field(default_factory=threading.Lock)

    async def every(self, seconds: float, stop: asyncio.Event) -> None:
        """Takes checkpoints until stopped; a failed one is logged and the next tried."""
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), seconds)
            try:
                await self.take()
            except OSError as error:
                logger.error("checkpoint failed: %s", error)

    async def take(self) -> None:
        taken = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        # Before the copies: an event that has reached its queue by now is in the copy of the queue.
        settled = self.events.settled()
        bundles = self._keep_bundles()
        try:
            documents, complete = self._documents()
        finally:
            bundles.restore()
        if not await asyncio.to_thread(self._write, documents, self.saved.copy()) or not complete:
            return
        self._replace(self.settings.checkpoint, json.dumps({"at": taken, "settled": settled}))
        bundles.prune()

    def save(self, service: str) -> None:
        """Writes the state of one service at once."""
        self.saved[service] += 1
        self._write({service: self.app._build_persistence_save_dict()[service]()}, self.saved)

    def _documents(self) -> tuple[dict[str, object], bool]:
        """Copies of the states, taken together on the event loop so that they belong to one moment; whether of all."""
        documents: dict[str, object] = {}
        complete = True
        for service, get_state in self.app._build_persistence_save_dict().items():
            try:
                state = get_state()
            except RuntimeError as error:
                # A worker thread changed a table while it was copied: the next checkpoint has it.
                logger.debug("checkpoint: %s is busy: %s", service, error)
                complete = False
                continue
            if state is not None:
                documents[service] = state
        return documents, complete

    def _write(self, documents: dict[str, object], saved: Counter[str]) -> bool:
        """Returns whether every document, or a later one of its service, is on disk."""
        with self.writing:
            latest = [document for document in documents.items() if saved[document[0]] == self.saved[document[0]]]
            return all([self._write_one(service, state) for service, state in latest])

    def _write_one(self, service: str, state: object) -> bool:
        document = {"__ministack_format__": self.persistence._state_format_version(service), "payload": state}
        try:
            text = json.dumps(document, default=self.persistence._json_default)
        except RuntimeError as error:
            logger.debug("checkpoint: %s is busy: %s", service, error)
            return False
        digest = hashlib.sha256(text.encode()).hexdigest()
        if self.written.get(service) != digest:
            self._replace(self.settings.state / f"{service}.json", text)
            self.written[service] = digest
        return True

    @staticmethod
    def _replace(file: Path, text: str) -> None:
        draft = file.with_name(f"{file.name}.draft")
        draft.write_text(text)
        draft.replace(file)

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


def free_received_messages(sqs: ModuleType) -> None:
    """Makes messages visible that a consumer had received when the process ended: a Lambda of that process.

    A message would wait out its visibility timeout otherwise. Its receipt does not count: it was no failure of the
    message, and a few ends of the process must not make a dead letter of it.
    """
    now = time.time()
    for queue in sqs._queues._data.values():
        for message in queue["messages"]:
            if message.get("receive_count", 0) > 0 and message.get("visible_at", 0) > now:
                message["visible_at"] = now
                message["receive_count"] -= 1


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT, then saves everything and ends the Lambda workers."""
    finish_intent(settings.intent)
    app = importlib.import_module("ministack.app")
    persistence = importlib.import_module("ministack.core.persistence")
    workers = importlib.import_module("ministack.core.lambda_runtime")
    s3 = importlib.import_module("ministack.services.s3")
    let_tags_choose_key_ids(importlib.import_module("ministack.services.kms"))
    let_tags_choose_secret_arns(importlib.import_module("ministack.services.secretsmanager"))
    stepfunctions = importlib.import_module("ministack.services.stepfunctions")
    delegate_dms(app, importlib.import_module("ministack.core.router"), stepfunctions, settings.dms_port)
    delegate_glue_jobs(app, settings.glue_port)
    let_tokens_choose_query_ids(importlib.import_module("ministack.services.athena"))
    delegate_athena(app, settings.athena_port)
    record_inner_states(stepfunctions)
    write_whole(s3, settings.intent)
    events = S3Events(s3)
    events.watch()
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
    checkpoint = Checkpoint(app, persistence, events, settings)
    checkpoints: list[asyncio.Task[None]] = []

    def after_start() -> None:
        # Not before: until the saved state is loaded there is only an empty one to write.
        events.load(settled_before(settings.checkpoint))
        free_received_messages(importlib.import_module("ministack.services.sqs"))
        settings.running_mark.write_text(f"{os.getpid()}\n")
        checkpoints.append(loop.create_task(checkpoint.every(settings.checkpoint_seconds, stop)))

    async def launched(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/_lakewright/activity":
            await events.answer(send, workers.workers_in_use())
            return
        if scope["type"] == "http" and scope["path"] == "/_lakewright/replay":
            await answer_json(send, {"replayed": await asyncio.to_thread(events.replay)})
            return

        async def lifespan(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                after_start()
            await send(message)

        kept_at_once = written_at_once(scope)

        async def kept(message: Message) -> None:
            if kept_at_once and message["type"] == "http.response.start" and message["status"] < 300:
                checkpoint.save(kept_at_once)
            await send(message)

        if scope["type"] == "lifespan":
            await app.app(scope, receive, lifespan)
        else:
            await app.app(scope, receive, kept)

    await hypercorn.serve(launched, config, shutdown_trigger=stop.wait)
    # Ministack has saved everything by now, but a checkpoint under way may have replaced it by something older.
    await asyncio.gather(*checkpoints)
    workers.reset()
    checkpoint.written.clear()
    await checkpoint.take()


def settled_before(checkpoint: Path) -> str:
    """The first sequencer that the last checkpoint does not vouch for; with no checkpoint, the first of all."""
    if not checkpoint.exists():
        return sequencer(0)
    settled: str = json.loads(checkpoint.read_text())["settled"]
    return settled


def written_at_once(scope: Message) -> str | None:
    """The service whose state is written before such a request is answered, rather than by the next checkpoint.

    A bucket and its settings are as durable as its objects. A secret's value is the only copy of a password.
    """
    if scope["type"] != "http":
        return None
    if changes_a_bucket(scope):
        return "s3"
    target: bytes = dict(scope["headers"]).get(b"x-amz-target", b"")
    service, _, action = target.decode("latin-1").partition(".")
    reads = action.startswith(("Get", "List", "Describe", "BatchGet", "Validate"))
    return "secretsmanager" if service == "secretsmanager" and not reads else None


def changes_a_bucket(scope: Message) -> bool:
    """Whether a request writes a bucket itself rather than an object: `PUT /bucket?notification`."""
    if scope["method"] not in ("PUT", "DELETE"):
        return False
    return scope["path"].strip("/") != "" and "/" not in scope["path"].strip("/")


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
