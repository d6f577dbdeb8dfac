"""Lets a message that a function could not handle come again soon.

In the cloud it stays hidden for the rest of its visibility timeout, six times the function's timeout:
at the defaults a message that always fails is a dead letter after a quarter of an hour. Here every
attempt is the same, only the pauses are short.
"""

import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

Message = dict[str, Any]

LONGEST_PAUSE_SECONDS = 2.0


def retry_soon(functions: ModuleType, queues: ModuleType) -> None:
    """Wraps the handling of a batch: what is left of it afterwards has failed."""
    run: Callable[..., None] = functions._run_sqs_batch

    def run_batch(mapping: Any, function: Any, event: Any, batch: list[Message], *queue: Any) -> None:
        receipts = [message.get("receipt_handle") for message in batch]
        try:
            run(mapping, function, event, batch, *queue)
        finally:
            with queues._queues_lock:
                for message, receipt in zip(batch, receipts, strict=True):
                    # Another receipt: its time had run out, and somebody else is at it by now.
                    if message.get("receipt_handle") == receipt:
                        message["visible_at"] = min(message["visible_at"], time.time() + pause(message))

    functions._run_sqs_batch = run_batch  # type: ignore[attr-defined]


def pause(message: Message) -> float:
    """Half a second after the first attempt, then twice as long each time."""
    attempts: int = message.get("receive_count", 1)
    return min(0.25 * float(2**attempts), LONGEST_PAUSE_SECONDS)
