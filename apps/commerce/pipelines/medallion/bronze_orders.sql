-- bronze.orders: every record once, as it came; values are texts here and judged in silver.
-- What breaks an expectation stays and is counted. _rescued_data has what has no column; of a line that cannot be read, the line.
CREATE OR REFRESH STREAMING TABLE bronze.orders (
  CONSTRAINT line_is_readable EXPECT (record_id IS NOT NULL),
  CONSTRAINT has_key EXPECT (order_id IS NOT NULL)
)
COMMENT 'Orders as they came'
AS SELECT
  record_id,
  order_id,
  customer_id,
  ordered_at,
  currency,
  channel,
  _rescued_data,
  _metadata.file_path AS file_path,
  current_timestamp() AS ingested_at
FROM STREAM read_files(
  '${landing_path}/orders',
  format => 'json',
  schema => 'record_id STRING, order_id STRING, customer_id STRING, ordered_at STRING, currency STRING, channel STRING',
  rescuedDataColumn => '_rescued_data'
);
