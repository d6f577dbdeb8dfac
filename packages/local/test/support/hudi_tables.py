"""Makes Hudi tables of several commits with the Spark of Glue, and writes down what Spark itself reads of them.

    python hudi_tables.py <folder>

Below the folder: the tables `users` (updated and deleted), `orders` (partitioned by country), `counts` (replaced as a
whole, with a column more), and `golden.json`.

It takes a minute, so its result is kept in `test/fixtures/hudi-tables.tar.gz`. After a change here:

    <python of `node tooling/spark.mjs glue`> hudi_tables.py out
    tar --exclude='*.crc' -czf ../fixtures/hudi-tables.tar.gz -C out .
"""

import hashlib
import json
import sys
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

folder = Path(sys.argv[1])
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
    .config("spark.sql.extensions", "org.apache.spark.sql.hudi.HoodieSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.hudi.catalog.HoodieCatalog")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .getOrCreate()
)
COLUMNS = {
    "users": ["id", "name", "country", "score", "weight", "active", "born_on", "updated_at", "details"],
    "orders": ["id", "amount", "country"],
    "counts": ["id", "n", "note"],
}


def write(rows: DataFrame, table: str, operation: str, mode: str, partition: str = "") -> None:
    generator = "SimpleKeyGenerator" if partition else "NonpartitionedKeyGenerator"
    options = {
        "hoodie.table.name": table,
        "hoodie.write.table.version": "6",
        "hoodie.datasource.write.table.type": "COPY_ON_WRITE",
        "hoodie.datasource.write.operation": operation,
        "hoodie.datasource.write.recordkey.field": "id",
        "hoodie.datasource.write.precombine.field": "change_seq",
        "hoodie.datasource.write.partitionpath.field": partition,
        "hoodie.datasource.write.hive_style_partitioning": "true",
        "hoodie.datasource.write.keygenerator.class": f"org.apache.hudi.keygen.{generator}",
        "hoodie.metadata.enable": "false",
        # Small files: each carries its index.
        "hoodie.index.bloom.num_entries": "1000",
    }
    rows.write.format("hudi").options(**options).mode(mode).save(str(folder / table))


def users(first: int, last: int, sequence: int, deleted: bool = False) -> DataFrame:
    micros = F.expr("timestamp_micros(1700000000123456 + id * 1000001)")
    return spark.range(first, last).select(
        "id",
        F.concat(F.lit(f"user {sequence} "), F.col("id").cast("string")).alias("name"),
        F.element_at(F.array(F.lit("DE"), F.lit("PT"), F.lit("JP")), (F.col("id") % 3 + 1).cast("int")).alias(
            "country"
        ),
        F.when(F.col("id") % 10 == 0, None).otherwise((F.col("id") * 1.25).cast("decimal(10,2)")).alias("score"),
        (F.col("id") / 3).alias("weight"),
        (F.col("id") % 2 == 0).alias("active"),
        F.date_add(F.lit("1970-01-01").cast("date"), F.col("id").cast("int")).alias("born_on"),
        micros.alias("updated_at"),
        F.concat(F.lit('{"level": "'), (F.col("id") % 4).cast("string"), F.lit('"}')).alias("details"),
        F.lit(sequence).cast("string").alias("change_seq"),
        F.lit(deleted).alias("_hoodie_is_deleted"),
    )


def orders(first: int, last: int, sequence: int) -> DataFrame:
    country = F.when(F.col("id") % 2 == 0, "DE").otherwise("JP").alias("country")
    amount = (F.col("id") * sequence).cast("int").alias("amount")
    return spark.range(first, last).select("id", amount, country, F.lit(str(sequence)).alias("change_seq"))


write(users(0, 1000, 1), "users", "bulk_insert", "overwrite")
write(users(0, 300, 2), "users", "upsert", "append")
write(users(500, 550, 3, deleted=True), "users", "upsert", "append")
write(users(1000, 1010, 4), "users", "upsert", "append")
write(orders(0, 100, 1), "orders", "bulk_insert", "overwrite", "country")
write(orders(0, 20, 2), "orders", "upsert", "append", "country")

# The fixture belongs to this very program.
golden: dict[str, object] = {"script": hashlib.sha256(Path(__file__).read_bytes()).hexdigest()}
counts = spark.range(0, 10).select("id", F.lit(1).cast("long").alias("n"), F.lit("1").alias("change_seq"))
write(counts, "counts", "insert_overwrite_table", "append")
later = spark.range(5, 12).select("id", F.lit(2).cast("long").alias("n"), F.lit("2").alias("change_seq"))
write(later.withColumn("note", F.when(F.col("id") > 5, "new")), "counts", "insert_overwrite_table", "append")
write(counts.limit(2).withColumn("note", F.lit(None).cast("string")), "counts", "upsert", "append")

tables: dict[str, list[list[str | None]]] = {}
for table, columns in COLUMNS.items():
    rows = spark.read.format("hudi").load(str(folder / table)).select(*columns).orderBy("id").collect()
    tables[table] = [[None if value is None else str(value) for value in row] for row in rows]
(folder / "golden.json").write_text(json.dumps({**golden, **tables}))
spark.stop()
