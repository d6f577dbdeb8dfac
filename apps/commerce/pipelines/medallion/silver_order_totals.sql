-- silver.order_totals: what each order comes to, for the payments that must match it.
CREATE OR REFRESH MATERIALIZED VIEW silver.order_totals
COMMENT 'Total of each order'
AS SELECT
  order_id,
  max(currency) AS currency,
  sum(amount) AS total
FROM silver.order_items
GROUP BY order_id;
