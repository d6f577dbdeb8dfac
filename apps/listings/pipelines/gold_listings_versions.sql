-- gold.listings_versions: the versions of every listing, kept by AUTO CDC; gold.listings_history and gold.current_listings read it.
-- The sequence is a structure: S3's sequencer orders the events of a key, and the event time rides along, so that __START_AT and
-- __END_AT tell when a version was opened and closed. What belongs to an event rather than to the listing is left out:
-- saving a listing again without a change opens no version.
CREATE OR REFRESH STREAMING TABLE gold.listings_versions
COMMENT 'Versions of listings with the sequence that opened and closed each; read gold.listings_history instead';

CREATE FLOW listings_versions_from_events AS AUTO CDC INTO gold.listings_versions
FROM STREAM(silver.listings)
KEYS (listing_id)
APPLY AS DELETE WHEN is_deleted
SEQUENCE BY STRUCT(sequencer, event_time)
COLUMNS * EXCEPT (event_id, event_type, event_time, sequencer, version_id, is_deleted, document_state, rescued_data, run_id, file_path, ingested_at)
STORED AS SCD TYPE 2;
