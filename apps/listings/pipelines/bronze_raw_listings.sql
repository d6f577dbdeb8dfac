-- bronze.raw_listings: every message of raw_listings_s3_event_lambda, once, as it came.
-- Nothing is cast or judged here: event_time is the text that S3 wrote, content the document that the portal wrote.
-- _rescued_data has what a message holds beyond its fields; of a line that is no JSON object, the whole text as _corrupt_record.
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
  content_too_large,
  run_id,
  _rescued_data,
  _metadata.file_path AS file_path,
  current_timestamp() AS ingested_at
FROM STREAM read_files(
  '${staging_path}',
  format => 'json',
  schema => 'message_id STRING, event_type STRING, event_time STRING, bucket STRING, key STRING, version_id STRING, sequencer STRING, content STRING, content_encoding STRING, content_missing BOOLEAN, content_too_large BOOLEAN, run_id STRING',
  rescuedDataColumn => '_rescued_data'
);
