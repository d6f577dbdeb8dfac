-- bronze.records: every record once, as it came; values are read as text and judged later.
CREATE OR REFRESH STREAMING TABLE bronze.records
COMMENT 'Records as they came'
AS SELECT
  record_id,
  category,
  amount,
  _metadata.file_path AS file_path,
  current_timestamp() AS ingested_at
FROM STREAM read_files(
  '${records_path}',
  format => 'json',
  schema => 'record_id STRING, category STRING, amount STRING'
);
