-- silver.listings: one row an event, one typed column a property of the document, nothing nested.
-- A removal carries no document: its listing is known by the object key alone, and its properties are null.
-- Values of the document are read as text and then cast: a property of the wrong type becomes null instead of failing the update.
-- Rows that break an expectation are kept in silver.listings_quarantine with the reason.
CREATE OR REFRESH STREAMING TABLE silver.listings (
  CONSTRAINT known_event EXPECT (coalesce(event_type LIKE 'ObjectCreated:%' OR event_type LIKE 'ObjectRemoved:%', false)) ON VIOLATION DROP ROW,
  CONSTRAINT removes_the_listing EXPECT (coalesce(event_type <> 'ObjectRemoved:Delete' OR version_id IS NULL, true)) ON VIOLATION DROP ROW,
  CONSTRAINT event_has_time EXPECT (event_time IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT event_has_sequencer EXPECT (sequencer IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT key_names_a_listing EXPECT (listing_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT document_was_there EXPECT (document_state <> 'gone') ON VIOLATION DROP ROW,
  CONSTRAINT document_is_utf8 EXPECT (document_state <> 'not_utf8') ON VIOLATION DROP ROW,
  CONSTRAINT document_is_json EXPECT (document_state <> 'not_json') ON VIOLATION DROP ROW,
  CONSTRAINT document_is_of_its_key EXPECT (document_state <> 'of_another_key') ON VIOLATION DROP ROW,
  CONSTRAINT kind_is_known EXPECT (document_state <> 'read' OR coalesce(kind IN ('sale', 'rent'), false)) ON VIOLATION DROP ROW,
  CONSTRAINT price_is_positive EXPECT (document_state <> 'read' OR coalesce(price_amount > 0, false)) ON VIOLATION DROP ROW
)
COMMENT 'Events of listings, flattened: one typed column a property'
AS
-- Renames, and what the object key and the event say.
WITH events AS (
  SELECT
    message_id AS event_id,
    event_type,
    try_cast(event_time AS TIMESTAMP) AS event_time,
    -- Sequencers of one key compare as texts once they are equally long: S3 asks for zeros on the right.
    CASE WHEN upper(sequencer) RLIKE '^[0-9A-F]{1,32}$' THEN rpad(upper(sequencer), 32, '0') END AS sequencer,
    version_id,
    nullif(regexp_extract(key, '^listings/(.+)[.]json$', 1), '') AS listing_id,
    coalesce(event_type LIKE 'ObjectRemoved:%', false) AS is_deleted,
    content,
    content_encoding,
    run_id,
    file_path,
    ingested_at
  FROM STREAM(bronze.raw_listings)
),

documents AS (
  SELECT
    event_id,
    event_type,
    event_time,
    sequencer,
    version_id,
    listing_id,
    is_deleted,
    content,
    content_encoding,
    run_id,
    file_path,
    ingested_at,
    from_json(
      CASE WHEN content_encoding = 'utf-8' THEN nullif(trim(content), '') END,
      'listing_id STRING, kind STRING, property_type STRING, status STRING, title STRING, description STRING, address STRUCT<street: STRING, city: STRING, postal_code: STRING, region: STRING, country: STRING, geo: STRUCT<lat: STRING, lon: STRING>>, agent STRUCT<id: STRING, name: STRING, email: STRING, phone: STRING, agency: STRUCT<id: STRING, name: STRING>>, price STRUCT<amount: STRING, currency: STRING, period: STRING>, size STRUCT<living_m2: STRING, plot_m2: STRING>, rooms STRUCT<bedrooms: STRING, bathrooms: STRING>, features ARRAY<STRING>, energy_rating STRING, year_built STRING, published_at STRING, updated_at STRING'
    ) AS document
  FROM events
)

SELECT
  event_id,
  event_type,
  event_time,
  sequencer,
  version_id,
  listing_id,
  is_deleted,
  CASE
    WHEN is_deleted THEN 'deleted'
    WHEN content IS NULL THEN 'gone'
    WHEN NOT content_encoding <=> 'utf-8' THEN 'not_utf8'
    WHEN json_object_keys(content) IS NULL THEN 'not_json'
    WHEN NOT document.listing_id <=> listing_id THEN 'of_another_key'
    ELSE 'read'
  END AS document_state,
  document.kind AS kind,
  document.property_type AS property_type,
  document.status AS status,
  document.title AS title,
  document.description AS description,
  document.address.street AS street,
  document.address.city AS city,
  document.address.postal_code AS postal_code,
  document.address.region AS region,
  document.address.country AS country,
  try_cast(document.address.geo.lat AS DOUBLE) AS latitude,
  try_cast(document.address.geo.lon AS DOUBLE) AS longitude,
  document.agent.id AS agent_id,
  document.agent.name AS agent_name,
  document.agent.email AS agent_email,
  document.agent.phone AS agent_phone,
  document.agent.agency.id AS agency_id,
  document.agent.agency.name AS agency_name,
  try_cast(document.price.amount AS DECIMAL(14, 2)) AS price_amount,
  document.price.currency AS price_currency,
  document.price.period AS price_period,
  try_cast(document.size.living_m2 AS DECIMAL(10, 2)) AS living_m2,
  try_cast(document.size.plot_m2 AS DECIMAL(12, 2)) AS plot_m2,
  try_cast(document.rooms.bedrooms AS INT) AS bedrooms,
  try_cast(document.rooms.bathrooms AS INT) AS bathrooms,
  -- Sorted: the same features in another order are no change.
  array_join(array_sort(document.features), ', ') AS features,
  document.energy_rating AS energy_rating,
  try_cast(document.year_built AS INT) AS year_built,
  try_cast(document.published_at AS TIMESTAMP) AS published_at,
  try_cast(document.updated_at AS TIMESTAMP) AS updated_at,
  run_id,
  file_path,
  ingested_at
FROM documents;
