/** The head of a job file as the console of Glue writes it. */
const HEAD = `
import sys, time
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
sc = SparkContext()
glue = GlueContext(sc)
spark = glue.spark_session
`;

/** A job file whose body has \`spark\`. */
export const jobFile = (body: string) => `${HEAD}${body}`;

export const ARGUMENTS = jobFile(`
from greeting import greet
args = getResolvedOptions(sys.argv, ["JOB_NAME", "WHO", "MARK"])
job = Job(glue)
job.init(args["JOB_NAME"], args)
print(greet(args["WHO"]) + args["MARK"], args["JOB_NAME"], spark.range(3).count())
from pyspark.sql.functions import udf
print([row[0] for row in spark.range(2).select(udf(greet)("id")).collect()])
job.commit()
`);

export const FAILS = jobFile(`
def divide(rows):
    raise ValueError("no column 'price' among 3")
print("begins")
divide(spark.range(3).count())
`);

/** Fails the first time: the second finds what the first left. */
export const FAILS_ONCE = jobFile(`
from pathlib import Path
mark = Path(getResolvedOptions(sys.argv, ["MARK"])["MARK"])
if not mark.exists():
    mark.write_text("")
    raise RuntimeError("the first time")
`);

/** Has Spark work for minutes; the query would go on after its script. */
export const ENDLESS = jobFile(`
print("begins", flush=True)
spark.sql("SELECT sum(sqrt(a.id * b.id)) FROM range(100000000) a CROSS JOIN range(100000) b").collect()
`);

export const SLEEPS = jobFile(`
import os
print("pid", os.getpid(), flush=True)
time.sleep(600)
`);

/** How much Spark has to do at the moment, in tasks. */
export const BUSY = jobFile(`
for _ in range(100):
    active = len(list(sc.statusTracker().getActiveJobsIds()))
    if active == 0:
        break
    time.sleep(0.1)
print("active jobs", active)
`);

/** Waits for the other run, so that both are in their sessions at once. */
export const OWN_SESSION = jobFile(`
from pathlib import Path
args = getResolvedOptions(sys.argv, ["NAME", "OTHER", "FOLDER"])
spark.range(1).createOrReplaceTempView("mine_" + args["NAME"])
spark.conf.set("spark.sql.session.timeZone", args["NAME"])
folder = Path(args["FOLDER"])
(folder / args["NAME"]).write_text("")
while not (folder / args["OTHER"]).exists():
    time.sleep(0.02)
print("sees", [view.name for view in spark.catalog.listTables() if view.isTemporary], spark.conf.get("spark.sql.session.timeZone"))
`);

export const STOPS_SPARK = jobFile(`
from pyspark.sql import SparkSession
spark.stop()
sc.stop()
print("again", SparkSession.builder.getOrCreate().range(2).count(), SparkContext.getOrCreate() is sc)
spark.stop()
`);

export const SETTINGS = jobFile(`
for name in ("spark.sql.shuffle.partitions", "spark.sql.ansi.enabled", "spark.serializer"):
    print(name, spark.conf.get(name))
`);

/** Asks for a context of its own making. */
export const OWN_CONTEXT = `
import sys
from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession
conf = SparkConf().setAppName("prices").set(*sys.argv[sys.argv.index("--SET") + 1].split("="))
sc = SparkContext.getOrCreate(conf=conf)
print("partitions", SparkSession.builder.appName("x").getOrCreate().conf.get("spark.sql.shuffle.partitions"))
`;

export const WRITES_HUDI = jobFile(`
rows = spark.range(0, 20, 1, 1).selectExpr("id", "id * 10 AS amount", "1 AS seq")
options = {
    "hoodie.table.name": "orders",
    "hoodie.write.table.version": "6",
    "hoodie.datasource.write.operation": "bulk_insert",
    "hoodie.datasource.write.recordkey.field": "id",
    "hoodie.datasource.write.precombine.field": "seq",
    "hoodie.datasource.write.keygenerator.class": "org.apache.hudi.keygen.NonpartitionedKeyGenerator",
    "hoodie.metadata.enable": "false",
}
target = getResolvedOptions(sys.argv, ["TARGET"])["TARGET"]
rows.write.format("hudi").options(**options).mode("overwrite").save(target)
`);

export const READS_HUDI = jobFile(`
rows = spark.read.format("hudi").load(getResolvedOptions(sys.argv, ["TARGET"])["TARGET"])
print("rows", rows.count(), [row.amount for row in rows.where("id IN (3, 4)").orderBy("id").collect()])
`);
