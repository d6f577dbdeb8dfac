"""Settings of a run in its own session (docs: "Using job parameters in AWS Glue jobs", `--conf`)."""

from collections.abc import Mapping

from pyspark.sql import SparkSession


class SettingRefused(Exception):
    """A setting that only a Spark of its own could have."""


def apply_settings(spark: SparkSession, settings: Mapping[str, str]) -> None:
    """Sets what may be set while Spark runs; anything else must be as it is already.

    Raises SettingRefused.
    """
    running = spark.sparkContext.getConf()
    for name, value in settings.items():
        if running.get(name) == value:
            continue
        if not spark.conf.isModifiable(name):
            raise SettingRefused(f"{name}={value}: no setting of a session, and Spark runs with another for all jobs")
        spark.conf.set(name, value)
