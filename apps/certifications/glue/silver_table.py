"""A silver table: the rows of one source table as they are now, in Apache Hudi, from what DMS wrote into bronze."""

import sys
from dataclasses import dataclass
from typing import Any

from awsglue.utils import getResolvedOptions
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

# What DMS adds to the source's columns: operation, time of the commit, place in the order of all changes.
OPERATION = "Op"
COMMITTED_AT = "committed_at"
SEQUENCE = "change_seq"
# Hudi removes the row of a record that has this set.
DELETED = "_hoodie_is_deleted"
# Changes may come twice and a little late: so far back files are read again. Reading one again changes nothing.
LOOKBACK = "INTERVAL 1 HOUR"
SEQUENCE_LENGTH = 35


@dataclass(frozen=True)
class SilverTable:
    """One table of the silver layer: the configuration of its jobs."""

    name: str
    # Folder of the table in bronze: s3://bucket/schema/table/
    source: str
    # Folder of the Hudi table: s3://bucket/database/table/
    target: str
    # Primary key of the source.
    key: tuple[str, ...]

    @staticmethod
    def from_arguments() -> "SilverTable":
        """The table that the job's arguments name: --TABLE, --SOURCE, --TARGET, --KEY (comma-separated)."""
        options = getResolvedOptions(sys.argv, ["TABLE", "SOURCE", "TARGET", "KEY"])
        return SilverTable(
            name=options["TABLE"],
            source=options["SOURCE"].rstrip("/"),
            target=options["TARGET"].rstrip("/"),
            key=tuple(options["KEY"].split(",")),
        )

    def full_load(self, spark: SparkSession) -> int:
        """Makes the table anew from the full load. Returns its rows."""
        loaded = self._load(spark).drop(OPERATION).withColumn(DELETED, F.lit(False))
        self._write(loaded, "bulk_insert", "overwrite")
        return int(loaded.count())

    def apply_changes(self, spark: SparkSession) -> int:
        """Brings the table up to date. Returns the changes that made a difference; without one nothing is written."""
        current = spark.read.format("hudi").load(self.target)
        since = first(current.agg(file_time(F.max(committed_at()) - F.expr(LOOKBACK)))) or ""
        while True:
            changes = self._changes_since(spark, since)
            if changes is None:
                return 0
            effective = effective_changes(changes, current, self.key).persist()
            try:
                late = effective.where(F.col("is_new") & (file_time(committed_at()) < since))
                earlier = first(late.agg(file_time(F.min(committed_at()) - F.expr(LOOKBACK))))
                if earlier is None:
                    return self._upsert(effective.drop("is_new"))
                # A new row that is older than the files that were read: its removal may be in a file before them.
                since = earlier
            finally:
                effective.unpersist()

    def _upsert(self, changes: DataFrame) -> int:
        count = int(changes.count())
        if count > 0:
            self._write(changes, "upsert", "append")
        return count

    def _load(self, spark: SparkSession) -> DataFrame:
        """The full load; its rows have the place of the moment at which their task began, before all its changes."""
        rows = spark.read.option("mergeSchema", "true").parquet(f"{self.source}/LOAD*.parquet")
        return rows.withColumn(SEQUENCE, F.rpad(F.date_format(committed_at(), "yyyyMMddHHmmss"), SEQUENCE_LENGTH, "0"))

    def _changes_since(self, spark: SparkSession, since: str) -> DataFrame | None:
        """Changes in the files whose names are of `since` and later; None when there is no file."""
        files = self._change_files(spark, since)
        if not files:
            return None
        rows = spark.read.option("mergeSchema", "true").parquet(*files)
        # After a reload, files of changes before it are still there, and not every change between is in one.
        later = rows.where(F.col(SEQUENCE) > (first(self._load(spark).agg(F.min(SEQUENCE))) or ""))
        return later.withColumn(DELETED, F.col(OPERATION) == "D").drop(OPERATION)

    def _change_files(self, spark: SparkSession, since: str) -> list[str]:
        # Hadoop's own view of the folder: a glob in read.parquet would fail where no file matches.
        jvm = spark.sparkContext._jvm
        pattern = jvm.org.apache.hadoop.fs.Path(f"{self.source}/[0-9]*.parquet")
        found = pattern.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()).globStatus(pattern)
        return sorted(status.getPath().toString() for status in found or [] if status.getPath().getName() >= since)

    def _write(self, rows: DataFrame, operation: str, mode: str) -> None:
        rows.write.format("hudi").options(**self._options(operation)).mode(mode).save(self.target)

    def _options(self, operation: str) -> dict[str, str]:
        return {
            "hoodie.table.name": self.name,
            "hoodie.datasource.write.table.type": "COPY_ON_WRITE",
            # Athena reads tables of this version (docs: "Query Apache Hudi datasets").
            "hoodie.write.table.version": "6",
            "hoodie.datasource.write.operation": operation,
            "hoodie.datasource.write.recordkey.field": ",".join(self.key),
            "hoodie.datasource.write.precombine.field": SEQUENCE,
            "hoodie.datasource.write.keygenerator.class": "org.apache.hudi.keygen.NonpartitionedKeyGenerator",
            # A column that the source dropped stays, empty in rows that change since.
            "hoodie.write.set.null.for.missing.columns": "true",
            # One file holds a table of this size: its index is not worth keeping.
            "hoodie.metadata.enable": "false",
            # File versions that time travel and incremental queries can go back to.
            "hoodie.cleaner.commits.retained": "30",
            "hoodie.keep.min.commits": "40",
            "hoodie.keep.max.commits": "50",
        }


def committed_at() -> Column:
    """When the source committed a row's change, in UTC as all times of a session here."""
    return F.col(COMMITTED_AT).cast("timestamp")


def file_time(moment: Column) -> Column:
    """A moment as DMS has it in the name of a file that it writes then: YYYYMMDD-HHMMSSmmm.parquet."""
    return F.date_format(moment, "yyyyMMdd-HHmmss")


def effective_changes(changes: DataFrame, current: DataFrame, key: tuple[str, ...]) -> DataFrame:
    """The last change of each key that the table does not show yet; `is_new` where the table has no such row."""
    last_first = Window.partitionBy(*key).orderBy(F.col(SEQUENCE).desc())
    numbered = changes.withColumn("place", F.row_number().over(last_first))
    latest = numbered.where(F.col("place") == 1).drop("place")
    known = current.select(*key, F.col(SEQUENCE).alias("known_sequence"))
    joined = latest.join(known, list(key), "left").withColumn("is_new", F.col("known_sequence").isNull())
    # A row that is gone and a removal agree already; of two versions the later one counts.
    differs = F.when(F.col("is_new"), ~F.col(DELETED)).otherwise(F.col(SEQUENCE) > F.col("known_sequence"))
    return joined.where(differs).drop("known_sequence")


def first(rows: DataFrame) -> Any:
    """The one value of a frame of one row and one column."""
    row = rows.first()
    return row and row[0]
