"""Glue job: the rows of a Hudi table as JSON in its log. --TABLE s3://... --OPTIONS {JSON of read options}"""

import json
import sys

from awsglue.context import GlueContext
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

options = getResolvedOptions(sys.argv, ["TABLE", "OPTIONS"])
read = GlueContext(SparkContext.getOrCreate()).spark_session.read.format("hudi")
for row in read.options(**json.loads(options["OPTIONS"])).load(options["TABLE"]).toJSON().collect():
    print(f"row {row}")
