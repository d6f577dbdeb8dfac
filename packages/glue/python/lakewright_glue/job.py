"""One run of a Glue job: a process that attaches to the warm session and runs the job's own file, unchanged.

    python -m lakewright_glue.job <session file> <script> [arguments of the job]

The run has a SparkSession of its own (temporary views and settings are its own; the catalog and the JVM are shared).
What the script prints and how it fails is what this process prints and how it fails.
"""

import json
import runpy
import sys
from pathlib import Path
from typing import Any

from py4j.clientserver import ClientServer, JavaParameters, PythonParameters
from py4j.java_gateway import java_import
from pyspark import SparkContext
from pyspark.conf import SparkConf
from pyspark.sql import SparkSession

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


def main() -> None:
    """Attaches and runs the script as `__main__`."""
    session_file, script, *arguments = sys.argv[1:]
    attach(json.loads(Path(session_file).read_text()))
    sys.argv = [script, *arguments]
    runpy.run_path(script, run_name="__main__")


def attach(session: dict[str, Any]) -> None:
    """Makes the SparkContext and the SparkSession of this process those of the warm session."""
    gateway = ClientServer(
        java_parameters=JavaParameters(port=session["port"], auth_token=session["token"], auto_convert=True),
        python_parameters=PythonParameters(port=0, eager_load=False),
    )
    for name in IMPORTS:
        java_import(gateway.jvm, name)
    jvm = gateway.jvm

    def shared_context(_self: SparkContext, _conf: object) -> Any:
        return jvm.JavaSparkContext(jvm.org.apache.spark.SparkContext.getOrCreate())

    def leave_running(_self: SparkContext) -> None:
        """A job that stops its Spark would stop everybody's."""

    SparkContext._gateway = gateway
    SparkContext._jvm = jvm
    SparkContext._initialize_context = shared_context
    SparkContext.stop = leave_running
    # Master and name are those of the running context; pyspark only asks that there are some.
    conf = SparkConf(loadDefaults=False, _jvm=jvm).setMaster("local").setAppName("glue")
    context = SparkContext.getOrCreate(conf)
    own = jvm.SparkSession.getDefaultSession().get().newSession()
    SparkSession._instantiatedSession = SparkSession(context, own)


if __name__ == "__main__":
    main()
