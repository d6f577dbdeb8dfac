"""S3 events that survive the process: each is written down with the object version that it announces.

Ministack gives an event its sequencer and its time when it sends it, in a thread, to a queue in memory: killed before
the queue's next checkpoint, the event is gone and the object is not. Here both are chosen before the version is
written and kept in its entry of the object's history, which is on disk before the request is answered. After a kill
every version whose event may not have reached its target is announced again, word for word as the first time, so that
whoever got it already recognizes it.

Buckets without versions have no history: their events, and those of the permanent removal of one version, are sent
once.
"""

import contextvars
import json
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]

# The field of a version's entry that holds its event: {"name": "s3:ObjectCreated:Put", "sequencer": "…", "time": "…"}.
EVENT = "lakewright_event"
# Families whose events have a sequencer.
SEQUENCED = ("s3:ObjectCreated:", "s3:ObjectRemoved:")
DELETE_MARKER = "s3:ObjectRemoved:DeleteMarkerCreated"


@dataclass(frozen=True, order=True)
class Missed:
    """An event that may not have reached its target before the process was killed."""

    sequencer: str
    account: str = field(compare=False)
    bucket: str = field(compare=False)
    key: str = field(compare=False)
    version: dict[str, Any] = field(compare=False)


@dataclass
class S3Events:
    """Numbers, records, counts and repeats the S3 events of this process.

    Ministack sends each in a thread of its own, after the request that caused it was answered: an empty queue alone
    does not tell that nothing will come, so `fired` and `sent` are counted.
    """

    s3: ModuleType
    fired: int = 0
    sent: int = 0
    missed: list[Missed] = field(default_factory=list)
    _last: int = 0
    _under_way: set[str] = field(default_factory=set)
    _chosen: contextvars.ContextVar[str | None] = field(
        default_factory=lambda: contextvars.ContextVar("sequencer", default=None)
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def watch(self) -> None:
        """Takes the place of ministack's own numbering and sending."""
        s3 = self.s3
        fire_async: Callable[..., None] = s3._fire_s3_event_async
        fire: Callable[..., None] = s3._fire_s3_event
        persist_marker: Callable[..., None] = s3._persist_delete_marker
        record_marker: Callable[..., str] = s3._record_delete_marker
        announcing: contextvars.ContextVar[bool] = contextvars.ContextVar("announcing", default=False)

        def record_delete_marker(bucket: str, key: str, prior: dict[str, Any] | None) -> str:
            # A marker over nothing is not announced.
            token = announcing.set(prior is not None and bucket in s3._bucket_notifications)
            try:
                return record_marker(bucket, key, prior)
            finally:
                announcing.reset(token)

        def persist_delete_marker(bucket: str, key: str, marker: dict[str, Any]) -> None:
            if announcing.get():
                marker.setdefault(EVENT, self._event(DELETE_MARKER))
            persist_marker(bucket, key, marker)

        def counted_async(bucket: str, key: str, name: str, *arguments: Any, **named: Any) -> None:
            if bucket not in s3._bucket_notifications:
                return
            if not name.startswith(SEQUENCED):
                with self._lock:
                    self.fired += 1
                fire_async(bucket, key, name, *arguments, **named)
                return
            event = self._recorded(bucket, key, name, named.get("version_id"))
            named["record_extra"] = {"eventTime": event["time"], **(named.get("record_extra") or {})}
            token = self._chosen.set(event["sequencer"])
            with self._lock:
                self.fired += 1
                self._under_way.add(event["sequencer"])
            try:
                fire_async(bucket, key, name, *arguments, **named)
            finally:
                self._chosen.reset(token)

        def counted(*arguments: Any, **named: Any) -> None:
            try:
                fire(*arguments, **named)
            finally:
                # Only the asynchronous caller and a replay name a sequencer; it is None for events that have none.
                if "sequencer" in named:
                    with self._lock:
                        self.sent += 1
                        self._under_way.discard(named["sequencer"])

        s3._fire_s3_event_async = counted_async  # type: ignore[attr-defined]
        s3._fire_s3_event = counted  # type: ignore[attr-defined]
        s3._persist_delete_marker = persist_delete_marker  # type: ignore[attr-defined]
        s3._record_delete_marker = record_delete_marker  # type: ignore[attr-defined]
        s3._next_event_sequencer = lambda _name: self._chosen.get()  # type: ignore[attr-defined]

    def load(self, settled: str) -> None:
        """Looks through the versions that were found on disk: what was `settled` or later may have been missed."""
        for (account, (bucket, key)), versions in self.s3._object_versions._data.items():
            for version in versions:
                event = version.get(EVENT)
                if event is None:
                    continue
                self._last = max(self._last, int(event["sequencer"], 16))
                if event["sequencer"] >= settled:
                    self.missed.append(Missed(event["sequencer"], account, bucket, key, version))
        self._last = max(self._last, int(settled, 16))
        self.missed.sort()
        self._under_way.update(missed.sequencer for missed in self.missed)

    def settled(self) -> str:
        """The first sequencer whose event may not have reached its target yet: all before it have."""
        with self._lock:
            return min(self._under_way, default=sequencer(max(self._last + 1, now_microseconds())))

    def replay(self) -> int:
        """Sends what was missed, in the order in which it happened; returns how many. Again: nothing is left."""
        with self._lock:
            missed, self.missed = self.missed, []
            self.fired += len(missed)
        for one in missed:
            event = one.version[EVENT]
            with self.s3._in_account(one.account):
                self.s3._fire_s3_event(
                    one.bucket,
                    one.key,
                    event["name"],
                    size=one.version.get("size", 0),
                    etag=one.version.get("etag", ""),
                    version_id=one.version["version_id"],
                    sequencer=event["sequencer"],
                    record_extra={"eventTime": event["time"]},
                )
        return len(missed)

    async def answer(self, send: Send, busy: int) -> None:
        """GET /_lakewright/activity: `{"fired": 12, "sent": 12, "busy": 0, "missed": 0}`.

        S3 events fired and sent since the start of this process; Lambda workers at work now; events that wait for
        POST /_lakewright/replay.
        """
        counts = {"fired": self.fired, "sent": self.sent, "busy": busy, "missed": len(self.missed)}
        await answer_json(send, counts)

    def _recorded(self, bucket: str, key: str, name: str, version_id: str | None) -> dict[str, str]:
        """The event of a version, written into its entry; of no version, an event that is kept nowhere."""
        versions = self.s3._object_versions.get((bucket, key)) or []
        wanted = version_id or "null"
        entry = next((version for version in reversed(versions) if version["version_id"] == wanted), None)
        if entry is None:
            return self._event(name)
        if entry.get(EVENT, {}).get("name") != name:
            entry[EVENT] = self._event(name)
        event: dict[str, str] = entry[EVENT]
        return event

    def _event(self, name: str) -> dict[str, str]:
        with self._lock:
            # By the clock, so that a later process continues, but never backwards when the clock is set back.
            self._last = max(self._last + 1, now_microseconds())
            number = self._last
        moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"name": name, "sequencer": sequencer(number), "time": moment}


async def answer_json(send: Send, document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


def sequencer(number: int) -> str:
    return f"{number:018X}"


def now_microseconds() -> int:
    return time.time_ns() // 1000
