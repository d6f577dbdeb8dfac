-- silver.customers: one row a change of a customer, typed. A deletion brings the key alone.
-- Changes come late and twice; gold.dim_customers puts them in order. Refused ones are in silver.customers_quarantine.
CREATE OR REFRESH STREAMING TABLE silver.customers (
  CONSTRAINT line_is_readable EXPECT (record_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT has_key EXPECT (customer_id IS NOT NULL OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT operation_is_known EXPECT (coalesce(operation IN ('INSERT', 'UPDATE', 'DELETE'), false) OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT has_sequence EXPECT ((sequence IS NOT NULL AND changed_at IS NOT NULL) OR record_id IS NULL) ON VIOLATION DROP ROW,
  CONSTRAINT email_is_an_address EXPECT (coalesce(email RLIKE '^[^@ ]+@[^@ ]+[.][^@ ]+$', false) OR operation <=> 'DELETE' OR record_id IS NULL) ON VIOLATION DROP ROW
)
COMMENT 'Changes of customers, typed and checked'
AS SELECT
  record_id,
  upper(trim(operation)) AS operation,
  try_cast(sequence AS BIGINT) AS sequence,
  try_cast(changed_at AS TIMESTAMP) AS changed_at,
  trim(customer_id) AS customer_id,
  trim(name) AS name,
  lower(trim(email)) AS email,
  trim(city) AS city,
  upper(trim(country)) AS country,
  segment,
  _rescued_data,
  file_path,
  ingested_at
FROM STREAM(bronze.customers);
