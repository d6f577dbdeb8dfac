-- The latest state of each listing by AUTO CDC: SCD type 1 beside the type 2 of the listings app.
CREATE OR REFRESH STREAMING TABLE gold.latest_listings;

CREATE FLOW latest_listings_from_events AS AUTO CDC INTO gold.latest_listings
FROM STREAM(silver.listings)
KEYS (listing_id)
APPLY AS DELETE WHEN is_deleted
SEQUENCE BY STRUCT(sequencer, event_time)
COLUMNS * EXCEPT (event_id, event_type, event_time, sequencer, version_id, is_deleted, document_state, rescued_data, run_id, file_path, ingested_at)
STORED AS SCD TYPE 1;
