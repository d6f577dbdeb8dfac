-- bronze.customers: every record once, as it came; values are texts here and judged in silver.
-- What breaks an expectation stays and is counted. _rescued_data has what has no column; of a line that cannot be read, the line.
CREATE OR REFRESH STREAMING TABLE bronze.customers (
  CONSTRAINT line_is_readable EXPECT (record_id IS NOT NULL),
  CONSTRAINT has_key EXPECT (customer_id IS NOT NULL)
)
COMMENT 'Changes of customers as they came'
AS SELECT
  record_id,
  operation,
  sequence,
  changed_at,
  customer_id,
  name,
  email,
  city,
  country,
  segment,
  _rescued_data,
  _metadata.file_path AS file_path,
  current_timestamp() AS ingested_at
FROM STREAM read_files(
  '${landing_path}/customers',
  format => 'json',
  schema => 'record_id STRING, operation STRING, sequence STRING, changed_at STRING, customer_id STRING, name STRING, email STRING, city STRING, country STRING, segment STRING',
  rescuedDataColumn => '_rescued_data'
);
