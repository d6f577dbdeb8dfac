-- silver.records: typed. Rows that break an expectation are kept in silver.records_quarantine with the reason.
CREATE OR REFRESH STREAMING TABLE silver.records (
  CONSTRAINT has_id EXPECT (record_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT amount_is_a_number EXPECT (amount IS NOT NULL) ON VIOLATION DROP ROW
)
COMMENT 'Records, typed'
AS SELECT
  record_id,
  category,
  try_cast(amount AS DECIMAL(12, 2)) AS amount,
  file_path,
  ingested_at
FROM STREAM(bronze.records);
