-- gold.listings_history: every version of every listing (SCD type 2), those of deleted listings closed.
-- start_at and end_at are the times of the events that opened and closed the version; is_current marks the open one, and a
-- deleted listing has none.
CREATE OR REFRESH MATERIALIZED VIEW gold.listings_history
COMMENT 'History of listings: one row a version'
AS SELECT
  listing_id,
  kind,
  property_type,
  status,
  title,
  description,
  street,
  city,
  postal_code,
  region,
  country,
  latitude,
  longitude,
  agent_id,
  agent_name,
  agent_email,
  agent_phone,
  agency_id,
  agency_name,
  price_amount,
  price_currency,
  price_period,
  living_m2,
  plot_m2,
  bedrooms,
  bathrooms,
  features,
  energy_rating,
  year_built,
  published_at,
  updated_at,
  __START_AT.event_time AS start_at,
  __END_AT.event_time AS end_at,
  __END_AT IS NULL AS is_current
FROM gold.listings_versions;
