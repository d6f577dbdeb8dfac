-- gold.categories: one row a category, for the dashboard.
CREATE OR REFRESH MATERIALIZED VIEW gold.categories
COMMENT 'Records by category'
AS SELECT
  category,
  count(*) AS records,
  sum(amount) AS amount
FROM silver.records
GROUP BY category;
