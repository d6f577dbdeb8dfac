-- gold.dim_customers: every version of every customer (SCD type 2), kept by AUTO CDC. The current version has __END_AT NULL.
-- The sequence is a structure: the number orders the changes, and the time rides along, so that __START_AT.changed_at and
-- __END_AT.changed_at tell when a version began and ended. A full refresh of everything leaves the history where it is.
CREATE OR REFRESH STREAMING TABLE gold.dim_customers
COMMENT 'Versions of customers'
TBLPROPERTIES ('pipelines.reset.allowed' = 'false');

CREATE FLOW dim_customers_from_changes AS AUTO CDC INTO gold.dim_customers
FROM STREAM(silver.customers)
KEYS (customer_id)
APPLY AS DELETE WHEN operation = 'DELETE'
SEQUENCE BY STRUCT(sequence, changed_at)
COLUMNS * EXCEPT (record_id, operation, sequence, changed_at, _rescued_data, file_path, ingested_at)
STORED AS SCD TYPE 2;
