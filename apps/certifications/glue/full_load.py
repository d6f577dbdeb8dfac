"""Glue job: a silver table anew from the full load of DMS. --TABLE --SOURCE --TARGET --KEY"""

import sys

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from silver_table import SilverTable

glue = GlueContext(SparkContext.getOrCreate())
job = Job(glue)
job.init(getResolvedOptions(sys.argv, ["JOB_NAME"])["JOB_NAME"])
table = SilverTable.from_arguments()
print(f"{table.name}: {table.full_load(glue.spark_session)} rows")
job.commit()
