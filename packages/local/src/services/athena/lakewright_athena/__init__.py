"""The query executions of Athena on this machine: SQL as Trino reads it, over the tables of the Glue catalog."""
