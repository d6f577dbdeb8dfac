"""The door to Spark (docs: "GlueContext class"). DynamicFrames are not there: a job that asks for one fails by name."""

from pyspark import SparkContext
from pyspark.sql import SparkSession


class GlueContext:
    """Holds the session of the job's SparkContext."""

    def __init__(self, sparkContext: SparkContext) -> None:  # noqa: N803
        self.spark_context = sparkContext
        self.spark_session: SparkSession = SparkSession.builder.getOrCreate()

    def __getattr__(self, name: str) -> object:
        raise NotImplementedError(f"GlueContext.{name} does not run on this machine: use spark_session")
