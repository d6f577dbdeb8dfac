"""One run of a Glue job: a process that attaches to the warm session and runs the job's own file, unchanged.

    python -m lakewright_glue.job <session file> <run> <script> [arguments of the job]

The run is JSON, `{"id": "jr_...", "settings": {...}}`. It has a SparkSession of its own: temporary views and settings
are its own, the catalog and the JVM are shared. Standard input is a pipe that the service holds: when it ends, so does
this.
What the script prints and how it fails is what this process prints and how it fails.
"""

import json
import os
import runpy
import sys
import threading
from pathlib import Path
from typing import Any

from py4j.clientserver import ClientServer, JavaParameters, PythonParameters
from py4j.java_gateway import java_import
from pyspark import SparkContext
from pyspark.conf import SparkConf
from pyspark.sql import SparkSession

from lakewright_glue.settings import apply_settings

# What pyspark itself imports into its view of the JVM when it starts one (pyspark/java_gateway.py).
IMPORTS = (
    "org.apache.spark.SparkConf",
    "org.apache.spark.api.java.*",
    "org.apache.spark.api.python.*",
    "org.apache.spark.ml.python.*",
    "org.apache.spark.mllib.api.python.*",
    "org.apache.spark.resource.*",
    "org.apache.spark.sql.*",
    "org.apache.spark.sql.api.python.*",
    "org.apache.spark.sql.hive.*",
    "scala.Tuple2",
)


# A script may name these when it makes its context. They are the session's.
NAMES = ("spark.app.name", "spark.master")


def main() -> None:
    """Attaches and runs the script as `__main__`."""
    session_file, run, script, *arguments = sys.argv[1:]
    end_with_service()
    attach(json.loads(Path(session_file).read_text()), json.loads(run))
    sys.argv = [script, *arguments]
    runpy.run_path(script, run_name="__main__")


def end_with_service() -> None:
    """Ends this process when the other end of its input is closed; the script sees an empty input."""
    pipe = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def wait() -> None:
        while os.read(pipe, 1):
            pass
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def attach(session: dict[str, Any], run: dict[str, Any]) -> None:
    """Makes the SparkContext and the SparkSession of this process those of the warm session."""
    gateway = ClientServer(
        java_parameters=JavaParameters(port=session["port"], auth_token=session["token"], auto_convert=True),
        python_parameters=PythonParameters(port=0, eager_load=False),
    )
    for name in IMPORTS:
        java_import(gateway.jvm, name)
    jvm = gateway.jvm
    SparkContext._gateway = gateway
    SparkContext._jvm = jvm
    running = jvm.JavaSparkContext(jvm.org.apache.spark.SparkContext.getOrCreate())
    SparkContext._initialize_context = lambda _self, _conf: running
    # Master and name are those of the running context; pyspark only asks that there are some.
    context = SparkContext(conf=SparkConf(loadDefaults=False, _jvm=jvm).setMaster("local").setAppName("glue"))
    # Functions of the job that Spark runs in Python elsewhere import what it imports.
    context.environment["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
    # By this the service finds what a run left behind that was stopped.
    context.addJobTag(run["id"])
    spark = SparkSession(context, jvm.SparkSession.getDefaultSession().get().newSession())
    SparkSession._instantiatedSession = spark
    share(context, spark)
    apply_settings(spark, run["settings"])


def share(context: SparkContext, spark: SparkSession) -> None:
    """Lets a script make and stop its context as if it were alone: it gets the one that runs, and leaves it running."""

    def get_or_create(_cls: type, conf: SparkConf | None = None) -> SparkContext:
        return SparkContext(conf=conf)

    def take(_self: SparkContext, *_arguments: object, conf: SparkConf | None = None, **_named: object) -> None:
        wanted = set(conf.getAll() if conf else [])
        # A new SparkConf has what Spark was started with.
        added = wanted - set(SparkConf().getAll())
        apply_settings(spark, {name: value for name, value in added if name not in NAMES})

    def leave_running(_self: object) -> None:
        """A job that stops its Spark would stop everybody's."""

    SparkContext.__new__ = lambda _cls, *_arguments, **_named: context
    SparkContext.__init__ = take
    SparkContext.getOrCreate = classmethod(get_or_create)
    SparkContext.stop = leave_running
    SparkSession.stop = leave_running


if __name__ == "__main__":
    main()
