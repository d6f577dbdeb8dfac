-- silver.orders: one row an order, typed, with the customer's country and segment as they were when the order came.
-- Refused orders are in silver.orders_quarantine with the reason.
CREATE OR REFRESH STREAMING TABLE silver.orders (
  CONSTRAINT line_is_readable EXPECT (record_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT has_key EXPECT (order_id IS NOT NULL OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT customer_is_known EXPECT (customer_country IS NOT NULL OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT currency_is_known EXPECT (coalesce(currency IN ('EUR', 'GBP', 'USD'), false) OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT date_is_readable EXPECT (ordered_at IS NOT NULL OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT date_is_past EXPECT (coalesce(ordered_at <= ingested_at, true)) ON VIOLATION DROP ROW
)
COMMENT 'Orders, typed and checked'
AS
WITH orders AS (
  SELECT
    record_id,
    trim(order_id) AS order_id,
    trim(customer_id) AS customer_id,
    try_cast(ordered_at AS TIMESTAMP) AS ordered_at,
    upper(trim(currency)) AS currency,
    channel,
    _rescued_data,
    file_path,
    ingested_at
  FROM STREAM(bronze.orders)
)

SELECT
  orders.record_id,
  orders.order_id,
  orders.customer_id,
  customers.country AS customer_country,
  customers.segment AS customer_segment,
  orders.ordered_at,
  orders.currency,
  orders.channel,
  orders._rescued_data,
  orders.file_path,
  orders.ingested_at
FROM orders
LEFT JOIN silver.customers_latest AS customers ON orders.customer_id = customers.customer_id;
