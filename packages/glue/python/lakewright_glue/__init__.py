"""Glue jobs on one warm Spark: `session` is the Spark, `job` one run of a job in it."""
