-- bronze.payments: every record once, as it came; values are texts here and judged in silver.
-- What breaks an expectation stays and is counted. _rescued_data has what has no column; of a line that cannot be read, the line.
CREATE OR REFRESH STREAMING TABLE bronze.payments (
  CONSTRAINT line_is_readable EXPECT (record_id IS NOT NULL),
  CONSTRAINT has_key EXPECT (payment_id IS NOT NULL)
)
COMMENT 'Payments as they came'
AS SELECT
  record_id,
  payment_id,
  order_id,
  method,
  amount,
  currency,
  paid_at,
  _rescued_data,
  _metadata.file_path AS file_path,
  current_timestamp() AS ingested_at
FROM STREAM read_files(
  '${landing_path}/payments',
  format => 'json',
  schema => 'record_id STRING, payment_id STRING, order_id STRING, method STRING, amount STRING, currency STRING, paid_at STRING',
  rescuedDataColumn => '_rescued_data'
);
