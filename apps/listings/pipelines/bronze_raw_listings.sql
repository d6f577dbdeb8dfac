-- bronze.raw_listings: every message of raw_listings_s3_event_lambda, once, as it came.
-- Nothing is cast or judged here: event_time is the text that S3 wrote, content the document that the portal wrote.
CREATE OR REFRESH STREAMING TABLE bronze.raw_listings
COMMENT 'Events of the listings bucket with the document each one carried, as they came'
AS SELECT
  message_id,
  event_type,
  event_time,
  bucket,
  key,
  version_id,
  sequencer,
  content,
  content_encoding,
  content_missing,
  run_id,
  _metadata.file_path AS file_path,
  current_timestamp() AS ingested_at
FROM STREAM read_files(
  '${staging_path}',
  format => 'json',
  schema => 'message_id STRING, event_type STRING, event_time STRING, bucket STRING, key STRING, version_id STRING, sequencer STRING, content STRING, content_encoding STRING, content_missing BOOLEAN, run_id STRING'
);
