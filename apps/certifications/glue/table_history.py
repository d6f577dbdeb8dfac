"""Glue job: rows of a silver table as JSON, one a line: as it was at a commit, or what was written after one.

--SILVER s3://.../ --TABLE name --AT instant|latest --SINCE instant|beginning (instants: values of _hoodie_commit_time)
"""

import re
import sys

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from pyspark.sql import DataFrame, SparkSession

LATEST = "latest"
BEGINNING = "beginning"


def history(spark: SparkSession, table: str, at: str, since: str) -> DataFrame:
    """The table at a commit; with `since`, its rows of later commits up to that one."""
    read = spark.read.format("hudi")
    if since == BEGINNING:
        return (read if at == LATEST else read.option("as.of.instant", at)).load(table)
    changed = read.option("hoodie.datasource.query.type", "incremental")
    changed = changed.option("hoodie.datasource.read.begin.instanttime", since)
    return (changed if at == LATEST else changed.option("hoodie.datasource.read.end.instanttime", at)).load(table)


def main(spark: SparkSession, silver: str, table: str, at: str, since: str) -> None:
    """Prints the rows."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", table):
        raise ValueError(f"--TABLE: must be the name of a silver table (got {table})")
    for row in history(spark, f"{silver.rstrip('/')}/{table}", at, since).toJSON().toLocalIterator():
        print(row)


options = getResolvedOptions(sys.argv, ["JOB_NAME", "SILVER", "TABLE", "AT", "SINCE"])
glue = GlueContext(SparkContext.getOrCreate())
job = Job(glue)
job.init(options["JOB_NAME"])
main(glue.spark_session, options["SILVER"], options["TABLE"], options["AT"], options["SINCE"])
job.commit()
