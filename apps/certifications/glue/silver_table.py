"""A silver table: the rows of one source table as they are now, in Apache Hudi, from what DMS wrote into bronze."""

import sys
from dataclasses import dataclass

from awsglue.utils import getResolvedOptions
from pyspark.sql import DataFrame, SparkSession, Window
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
        changes = self._new_changes(spark, current)
        if changes is None:
            return 0
        known = current.select(*self.key, F.col(SEQUENCE).alias("known_sequence"))
        joined = latest(changes, self.key).join(known, list(self.key), "left")
        # A row that is gone and a removal agree already; of two versions the later one counts.
        newer = F.when(F.col("known_sequence").isNull(), ~F.col(DELETED)).otherwise(
            F.col(SEQUENCE) > F.col("known_sequence")
        )
        effective = joined.where(newer).drop("known_sequence").persist()
        try:
            count = int(effective.count())
            if count > 0:
                self._write(effective, "upsert", "append")
            return count
        finally:
            effective.unpersist()

    def _load(self, spark: SparkSession) -> DataFrame:
        """The full load; its rows have the place of the moment at which their task began, before all its changes."""
        rows = spark.read.option("mergeSchema", "true").parquet(f"{self.source}/LOAD*.parquet")
        began = F.date_format(F.col(COMMITTED_AT).cast("timestamp"), "yyyyMMddHHmmss")
        return rows.withColumn(SEQUENCE, F.rpad(began, SEQUENCE_LENGTH, "0"))

    def _new_changes(self, spark: SparkSession, current: DataFrame) -> DataFrame | None:
        """Changes in files written since the last one that the table has; None when there is no file."""
        since = F.date_format(F.max(F.col(COMMITTED_AT).cast("timestamp")) - F.expr(LOOKBACK), "yyyyMMdd-HHmmss")
        last = current.agg(since).first()
        files = self._change_files(spark, (last and last[0]) or "")
        if not files:
            return None
        # After a reload, files of changes before it are still there, and not every change between is in one.
        loaded = self._load(spark).agg(F.min(SEQUENCE)).first()
        rows = spark.read.option("mergeSchema", "true").parquet(*files)
        later = rows.where(F.col(SEQUENCE) > ((loaded and loaded[0]) or ""))
        return later.withColumn(DELETED, F.col(OPERATION) == "D").drop(OPERATION)

    def _change_files(self, spark: SparkSession, since: str) -> list[str]:
        """DMS names a file by the time at which it wrote it: YYYYMMDD-HHMMSSmmm.parquet."""
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
            # One file holds a table of this size: its index is not worth keeping.
            "hoodie.metadata.enable": "false",
            # File versions that time travel and incremental queries can go back to.
            "hoodie.cleaner.commits.retained": "30",
            "hoodie.keep.min.commits": "40",
            "hoodie.keep.max.commits": "50",
        }


def latest(changes: DataFrame, key: tuple[str, ...]) -> DataFrame:
    """The last change of each key; a change that came twice counts once."""
    last_first = Window.partitionBy(*key).orderBy(F.col(SEQUENCE).desc())
    numbered = changes.withColumn("place", F.row_number().over(last_first))
    return numbered.where(F.col("place") == 1).drop("place")
