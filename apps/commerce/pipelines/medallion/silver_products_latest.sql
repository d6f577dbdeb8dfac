-- silver.products_latest: what is known of each product now, for the rows that name one. A deleted product stays known.
CREATE OR REFRESH MATERIALIZED VIEW silver.products_latest
COMMENT 'Latest name and category of each product'
AS SELECT
  product_id,
  max_by(name, sequence) AS name,
  max_by(category, sequence) AS category
FROM silver.products
WHERE operation <> 'DELETE'
GROUP BY product_id;
