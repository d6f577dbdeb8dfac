-- silver.customers_latest: what is known of each customer now, for the rows that name one. A deleted customer stays known.
CREATE OR REFRESH MATERIALIZED VIEW silver.customers_latest
COMMENT 'Latest country and segment of each customer'
AS SELECT
  customer_id,
  max_by(country, sequence) AS country,
  max_by(segment, sequence) AS segment
FROM silver.customers
WHERE operation <> 'DELETE'
GROUP BY customer_id;
