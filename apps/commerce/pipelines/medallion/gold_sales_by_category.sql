-- gold.sales_by_category: one row a category and currency over all orders, late ones included.
CREATE OR REFRESH MATERIALIZED VIEW gold.sales_by_category (
  CONSTRAINT sales_are_positive EXPECT (sales > 0) ON VIOLATION FAIL UPDATE,
  CONSTRAINT sales_are_plausible EXPECT (sales <= 10000 * units) ON VIOLATION FAIL UPDATE
)
COMMENT 'Sales by category and currency'
AS SELECT
  category,
  currency,
  count(DISTINCT order_id) AS orders,
  sum(quantity) AS units,
  CAST(sum(amount) AS DECIMAL(18, 2)) AS sales
FROM silver.order_items
GROUP BY category, currency;
