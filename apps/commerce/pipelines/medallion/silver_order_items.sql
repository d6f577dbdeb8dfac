-- silver.order_items: one row a line of an order, typed, with the product's category as it was when the line came.
-- Refused lines are in silver.order_items_quarantine with the reason.
CREATE OR REFRESH STREAMING TABLE silver.order_items (
  CONSTRAINT line_is_readable EXPECT (record_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT has_key EXPECT (order_item_id IS NOT NULL OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT order_is_known EXPECT (currency IS NOT NULL OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT product_is_known EXPECT (category IS NOT NULL OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT quantity_is_positive EXPECT (coalesce(quantity > 0, false) OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT price_is_positive EXPECT (coalesce(unit_price > 0, false) OR record_id IS NULL) ON VIOLATION DROP ROW
)
COMMENT 'Lines of orders, typed and checked'
AS
WITH items AS (
  SELECT
    record_id,
    trim(order_item_id) AS order_item_id,
    trim(order_id) AS order_id,
    try_cast(line_number AS INT) AS line_number,
    trim(product_id) AS product_id,
    try_cast(quantity AS INT) AS quantity,
    try_cast(unit_price AS DECIMAL(12, 2)) AS unit_price,
    _rescued_data,
    file_path,
    ingested_at
  FROM STREAM(bronze.order_items)
)

SELECT
  items.record_id,
  items.order_item_id,
  items.order_id,
  items.line_number,
  items.product_id,
  products.category,
  items.quantity,
  items.unit_price,
  CAST(items.quantity * items.unit_price AS DECIMAL(16, 2)) AS amount,
  orders.currency,
  orders.ordered_at,
  items._rescued_data,
  items.file_path,
  items.ingested_at
FROM items
LEFT JOIN silver.orders AS orders ON items.order_id = orders.order_id
LEFT JOIN silver.products_latest AS products ON items.product_id = products.product_id;
