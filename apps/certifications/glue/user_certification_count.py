"""Glue job: how many certifications each user was awarded, into gold. --SILVER --TARGET"""

import sys

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

TABLE = "user_certification_count"


def count_certifications(users: DataFrame, awarded: DataFrame) -> DataFrame:
    """One row a user, those without a certification too."""
    counts = awarded.groupBy("user_id").agg(
        F.count("*").alias("certifications"),
        F.max("awarded_on").alias("last_awarded_on"),
    )
    return (
        users.select(F.col("id").alias("user_id"), "name", "country")
        .join(counts, "user_id", "left")
        .withColumn("certifications", F.coalesce("certifications", F.lit(0)))
    )


def write(spark: SparkSession, rows: DataFrame, target: str) -> bool:
    """Replaces the table in one commit, unless it has these rows already."""
    if has_rows(spark, rows, target):
        return False
    options = {
        "hoodie.table.name": TABLE,
        "hoodie.datasource.write.table.type": "COPY_ON_WRITE",
        # Athena reads tables of this version (docs: "Query Apache Hudi datasets").
        "hoodie.write.table.version": "6",
        "hoodie.datasource.write.operation": "insert_overwrite_table",
        "hoodie.datasource.write.recordkey.field": "user_id",
        "hoodie.datasource.write.precombine.field": "user_id",
        "hoodie.datasource.write.keygenerator.class": "org.apache.hudi.keygen.NonpartitionedKeyGenerator",
        "hoodie.metadata.enable": "false",
    }
    rows.write.format("hudi").options(**options).mode("append").save(target)
    return True


def has_rows(spark: SparkSession, rows: DataFrame, target: str) -> bool:
    """Whether the table is there with exactly these rows."""
    path = spark.sparkContext._jvm.org.apache.hadoop.fs.Path(f"{target}/.hoodie/hoodie.properties")
    if not path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()).exists(path):
        return False
    written = spark.read.format("hudi").load(target)
    if not set(rows.columns) <= set(written.columns):
        return False
    written = written.select(rows.columns)
    return bool(rows.exceptAll(written).isEmpty() and written.exceptAll(rows).isEmpty())


def main(spark: SparkSession, silver: str, target: str) -> None:
    """Reads both silver tables at their latest commit."""
    read = spark.read.format("hudi")
    rows = count_certifications(read.load(f"{silver}/users"), read.load(f"{silver}/certifications_awarded"))
    print(f"{TABLE}: {'replaced' if write(spark, rows.persist(), target) else 'unchanged'}")


options = getResolvedOptions(sys.argv, ["JOB_NAME", "SILVER", "TARGET"])
glue = GlueContext(SparkContext.getOrCreate())
job = Job(glue)
job.init(options["JOB_NAME"])
main(glue.spark_session, options["SILVER"].rstrip("/"), options["TARGET"].rstrip("/"))
job.commit()
