-- bronze.products: every record once, as it came; values are texts here and judged in silver.
-- What breaks an expectation stays and is counted. _rescued_data has what has no column; of a line that cannot be read, the line.
CREATE OR REFRESH STREAMING TABLE bronze.products (
  CONSTRAINT line_is_readable EXPECT (record_id IS NOT NULL),
  CONSTRAINT has_key EXPECT (product_id IS NOT NULL)
)
COMMENT 'Changes of products as they came'
AS SELECT
  record_id,
  operation,
  sequence,
  changed_at,
  product_id,
  name,
  category,
  list_price,
  currency,
  _rescued_data,
  _metadata.file_path AS file_path,
  current_timestamp() AS ingested_at
FROM STREAM read_files(
  '${landing_path}/products',
  format => 'csv',
  header => true,
  schema => 'record_id STRING, operation STRING, sequence STRING, changed_at STRING, product_id STRING, name STRING, category STRING, list_price STRING, currency STRING',
  rescuedDataColumn => '_rescued_data'
);
