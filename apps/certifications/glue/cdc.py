"""Glue job: the changes that DMS captured since, into a silver table. --TABLE --SOURCE --TARGET --KEY"""

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
print(f"{table.name}: {table.apply_changes(glue.spark_session)} changes")
job.commit()
