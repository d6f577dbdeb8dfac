"""A Spark that stays warm for many jobs. Jobs are processes of their own that attach to it (`job`).

    python -m lakewright_glue.session < settings.json

Standard input: one line of JSON, `{"conf": {...}, "secrets": {...}, "sessionFile": "<path>"}`, then a line
`{"cancel": "<run>"}` for each run whose work is to end; the session ends when the input does. Secrets are settings
that do not appear on the JVM's command line.
Writes the file (mode 0600: who can read it can run code in the session) once Spark answers, and removes it at the end.

Exit codes: 0 ended as asked, 1 Spark did not start or died.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

from pyspark import SparkContext
from pyspark.conf import SparkConf
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

CANCEL_ROUNDS = 20
CANCEL_SECONDS = 0.5


def main() -> int:
    """Runs the session."""
    settings = json.loads(sys.stdin.readline())
    session_file = Path(settings["sessionFile"])
    gateway = launch_gateway(SparkConf().setAll(list(settings["conf"].items())))
    conf = SparkConf().setAll([*settings["conf"].items(), *settings["secrets"].items()])
    spark = SparkSession(SparkContext(conf=conf, gateway=gateway))
    # The first query loads what every job needs.
    spark.range(1).count()
    parameters = gateway.gateway_parameters
    _write_private(session_file, {"port": parameters.port, "token": parameters.auth_token})
    ending = threading.Event()

    def watch() -> None:
        gateway.proc.wait()
        if not ending.is_set():
            session_file.unlink(missing_ok=True)
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    # Whoever started this holds the other end of the input.
    for line in sys.stdin:
        threading.Thread(target=_cancel, args=(spark.sparkContext, json.loads(line)["cancel"]), daemon=True).start()
    ending.set()
    session_file.unlink(missing_ok=True)
    spark.stop()
    return 0


def _cancel(context: SparkContext, run: str) -> None:
    """Cancels what a run's script left behind in the JVM, and for a while what the JVM begins next on its behalf."""
    for _ in range(CANCEL_ROUNDS):
        context.cancelJobsWithTag(run)
        time.sleep(CANCEL_SECONDS)


def _write_private(path: Path, document: dict[str, object]) -> None:
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(document, file)
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main())
