-- gold.daily_revenue: one row a day and currency, given once, when the day is over: two days after it, by the times of the payments.
-- A payment that comes later than that is in silver.payments and counts in no day.
CREATE OR REFRESH STREAMING TABLE gold.daily_revenue (
  CONSTRAINT revenue_is_positive EXPECT (revenue > 0) ON VIOLATION FAIL UPDATE,
  CONSTRAINT revenue_is_plausible EXPECT (revenue <= 100000 * payments) ON VIOLATION FAIL UPDATE
)
COMMENT 'Revenue of each day that is over, by currency'
AS SELECT
  CAST(window.start AS DATE) AS day,
  currency,
  count(*) AS payments,
  CAST(sum(amount) AS DECIMAL(18, 2)) AS revenue
FROM STREAM(silver.payments)
WATERMARK paid_at DELAY OF INTERVAL 2 DAYS
GROUP BY window(paid_at, '1 day'), currency;
