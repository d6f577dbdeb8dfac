"""A Spark that stays warm for many jobs. Jobs are processes of their own that attach to it (`job`).

    python -m lakewright_glue.session < settings.json

Standard input: one line of JSON, `{"conf": {...}, "sessionFile": "<path>"}`; the session ends when the input does.
Writes the file (mode 0600: who can read it can run code in the session) once Spark answers, and removes it at the end.

Exit codes: 0 ended as asked, 1 Spark did not start or died.
"""

import json
import os
import sys
import threading
from pathlib import Path

from pyspark import SparkContext
from pyspark.conf import SparkConf
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession


def main() -> int:
    """Runs the session."""
    settings = json.loads(sys.stdin.readline())
    session_file = Path(settings["sessionFile"])
    conf = SparkConf().setAll(list(settings["conf"].items()))
    gateway = launch_gateway(conf)
    spark = SparkSession(SparkContext(conf=conf, gateway=gateway))
    # The first query loads what every job needs.
    spark.range(1).count()
    parameters = gateway.gateway_parameters
    _write_private(session_file, {"port": parameters.port, "token": parameters.auth_token})
    # Whoever started this holds the other end of the input.
    reader = threading.Thread(target=sys.stdin.read, daemon=True)
    reader.start()
    while reader.is_alive():
        reader.join(0.5)
        if gateway.proc.poll() is not None:
            session_file.unlink(missing_ok=True)
            return 1
    session_file.unlink(missing_ok=True)
    spark.stop()
    return 0


def _write_private(path: Path, document: dict[str, object]) -> None:
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(document, file)
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main())
