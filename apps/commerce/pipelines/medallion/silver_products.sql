-- silver.products: one row a change of a product, typed. A deletion brings the key alone.
-- Changes come late and twice; gold.dim_products puts them in order. Refused ones are in silver.products_quarantine.
CREATE OR REFRESH STREAMING TABLE silver.products (
  CONSTRAINT line_is_readable EXPECT (record_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT has_key EXPECT (product_id IS NOT NULL OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT operation_is_known EXPECT (coalesce(operation IN ('INSERT', 'UPDATE', 'DELETE'), false) OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT has_sequence EXPECT ((sequence IS NOT NULL AND changed_at IS NOT NULL) OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT price_is_positive EXPECT (coalesce(list_price > 0, false) OR operation <=> 'DELETE' OR record_id IS NULL) ON VIOLATION DROP ROW
)
COMMENT 'Changes of products, typed and checked'
AS SELECT
  record_id,
  upper(trim(operation)) AS operation,
  try_cast(sequence AS BIGINT) AS sequence,
  try_cast(changed_at AS TIMESTAMP) AS changed_at,
  trim(product_id) AS product_id,
  trim(name) AS name,
  lower(trim(category)) AS category,
  try_cast(list_price AS DECIMAL(12, 2)) AS list_price,
  upper(trim(currency)) AS currency,
  _rescued_data,
  file_path,
  ingested_at
FROM STREAM(bronze.products);
