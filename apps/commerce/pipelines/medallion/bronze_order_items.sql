-- bronze.order_items: every record once, as it came; values are texts here and judged in silver.
-- What breaks an expectation stays and is counted. _rescued_data has what has no column; of a line that cannot be read, the line.
CREATE OR REFRESH STREAMING TABLE bronze.order_items (
  CONSTRAINT line_is_readable EXPECT (record_id IS NOT NULL),
  CONSTRAINT has_key EXPECT (order_item_id IS NOT NULL)
)
COMMENT 'Lines of orders as they came'
AS SELECT
  record_id,
  order_item_id,
  order_id,
  line_number,
  product_id,
  quantity,
  unit_price,
  _rescued_data,
  _metadata.file_path AS file_path,
  current_timestamp() AS ingested_at
FROM STREAM read_files(
  '${landing_path}/order_items',
  format => 'json',
  schema => 'record_id STRING, order_item_id STRING, order_id STRING, line_number STRING, product_id STRING, quantity STRING, unit_price STRING',
  rescuedDataColumn => '_rescued_data'
);
