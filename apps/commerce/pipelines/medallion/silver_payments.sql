-- silver.payments: one row a payment that matches its order. Refused payments are in silver.payments_quarantine with the reason.
CREATE OR REFRESH STREAMING TABLE silver.payments (
  CONSTRAINT line_is_readable EXPECT (record_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT has_key EXPECT (payment_id IS NOT NULL OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT order_is_known EXPECT (order_total IS NOT NULL OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT method_is_known EXPECT (coalesce(method IN ('card', 'invoice', 'transfer', 'wallet'), false) OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT amount_matches_order EXPECT (coalesce(amount = order_total, order_total IS NULL) OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT currency_matches_order EXPECT (coalesce(currency = order_currency, order_currency IS NULL) OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT date_is_readable EXPECT (paid_at IS NOT NULL OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT date_is_past EXPECT (coalesce(paid_at <= ingested_at, true)) ON VIOLATION DROP ROW
)
COMMENT 'Payments that match their orders'
AS
WITH payments AS (
  SELECT
    record_id,
    trim(payment_id) AS payment_id,
    trim(order_id) AS order_id,
    method,
    try_cast(amount AS DECIMAL(16, 2)) AS amount,
    upper(trim(currency)) AS currency,
    try_cast(paid_at AS TIMESTAMP) AS paid_at,
    _rescued_data,
    file_path,
    ingested_at
  FROM STREAM(bronze.payments)
)

SELECT
  payments.record_id,
  payments.payment_id,
  payments.order_id,
  payments.method,
  payments.amount,
  payments.currency,
  payments.paid_at,
  totals.total AS order_total,
  totals.currency AS order_currency,
  payments._rescued_data,
  payments.file_path,
  payments.ingested_at
FROM payments
LEFT JOIN silver.order_totals AS totals ON payments.order_id = totals.order_id;
