-- Three layers over order lines: as they came, typed and judged, summed up by day and category.
CREATE OR REFRESH STREAMING TABLE bronze.order_lines
COMMENT 'Order lines as they came'
AS SELECT
  *,
  _metadata.file_path AS file_path
FROM STREAM read_files('${staging_path}', format => 'parquet');

CREATE OR REFRESH STREAMING TABLE silver.order_lines (
  CONSTRAINT has_order EXPECT (order_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT positive_quantity EXPECT (quantity > 0) ON VIOLATION DROP ROW,
  CONSTRAINT known_category EXPECT (category IN ('books', 'garden', 'kitchen', 'music', 'toys')),
  CONSTRAINT price_in_range EXPECT (unit_price BETWEEN 0 AND 10000)
)
COMMENT 'Typed order lines'
AS SELECT
  order_id,
  line_number,
  product_id,
  category,
  quantity,
  CAST(unit_price AS DECIMAL(12, 2)) AS unit_price,
  CAST(ordered_at AS TIMESTAMP) AS ordered_at,
  CAST(quantity * CAST(unit_price AS DECIMAL(12, 2)) AS DECIMAL(18, 2)) AS amount
FROM STREAM(bronze.order_lines);

CREATE OR REFRESH MATERIALIZED VIEW gold.daily_revenue
COMMENT 'Revenue by day and category'
AS SELECT
  CAST(ordered_at AS DATE) AS ordered_on,
  category,
  count(*) AS lines,
  count(DISTINCT order_id) AS orders,
  sum(quantity) AS quantity,
  sum(amount) AS revenue
FROM silver.order_lines
GROUP BY CAST(ordered_at AS DATE), category;
