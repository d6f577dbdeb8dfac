-- gold.listings_freshness: one row that tells how far the tables reach; the dashboard's readers see gold only.
CREATE OR REFRESH MATERIALIZED VIEW gold.listings_freshness
COMMENT 'Latest event and latest load of listings'
AS SELECT
  max(event_time) AS latest_event_at,
  max(ingested_at) AS latest_load_at,
  count(*) AS events
FROM silver.listings;
