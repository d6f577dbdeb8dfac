-- gold.listings_freshness: one row that tells how far the tables reach; the dashboard's readers see gold only.
-- last_run_id is the run of the latest event that carries one: removals carry none.
CREATE OR REFRESH MATERIALIZED VIEW gold.listings_freshness
COMMENT 'Latest event, latest load and last run of listings'
AS SELECT
  max(event_time) AS latest_event_at,
  max(ingested_at) AS latest_load_at,
  count(*) AS events,
  max_by(run_id, CASE WHEN run_id IS NOT NULL THEN event_time END) AS last_run_id
FROM silver.listings;
