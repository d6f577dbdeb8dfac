-- silver.listings: one row an event, one typed column a property of the document, nothing nested.
-- A removal carries no document: its listing is known by the object key alone, and its properties are null.
-- Values of the document are read as text and then cast: a value that is not of its column's type is null there and kept in
-- rescued_data, with every property that has no column, as a JSON object of dotted names and texts ({"rooms.bedrooms":"three"}).
-- Rows that break an expectation are kept in silver.listings_quarantine with the reason.
CREATE OR REFRESH STREAMING TABLE silver.listings (
  CONSTRAINT message_is_readable EXPECT (event_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT known_event EXPECT (coalesce(event_type LIKE 'ObjectCreated:%' OR event_type LIKE 'ObjectRemoved:%', false)) ON VIOLATION DROP ROW,
  CONSTRAINT removes_the_listing EXPECT (coalesce(event_type <> 'ObjectRemoved:Delete' OR version_id IS NULL, true)) ON VIOLATION DROP ROW,
  CONSTRAINT event_has_time EXPECT (event_time IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT event_has_sequencer EXPECT (sequencer IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT key_names_a_listing EXPECT (listing_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT document_was_there EXPECT (document_state <> 'gone') ON VIOLATION DROP ROW,
  CONSTRAINT document_is_not_too_large EXPECT (document_state <> 'too_large') ON VIOLATION DROP ROW,
  CONSTRAINT document_is_utf8 EXPECT (document_state <> 'not_utf8') ON VIOLATION DROP ROW,
  CONSTRAINT document_is_json EXPECT (document_state <> 'not_json') ON VIOLATION DROP ROW,
  CONSTRAINT document_is_of_its_key EXPECT (document_state <> 'of_another_key') ON VIOLATION DROP ROW,
  CONSTRAINT kind_is_known EXPECT (document_state <> 'read' OR coalesce(kind IN ('sale', 'rent'), false)) ON VIOLATION DROP ROW,
  CONSTRAINT price_is_positive EXPECT (document_state <> 'read' OR coalesce(price_amount > 0, false)) ON VIOLATION DROP ROW
)
COMMENT 'Events of listings, flattened: one typed column a property'
AS
-- Renames, and what the object key and the event say. A byte order mark is no part of a document.
WITH events AS (
  SELECT
    message_id AS event_id,
    event_type,
    CASE WHEN event_time RLIKE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T' THEN try_cast(event_time AS TIMESTAMP) END AS event_time,
    -- Sequencers of one key compare as texts once they are equally long: S3 asks for zeros on the right.
    CASE WHEN upper(sequencer) RLIKE '^[0-9A-F]{1,32}$' THEN rpad(upper(sequencer), 32, '0') END AS sequencer,
    version_id,
    nullif(regexp_extract(key, '^listings/(.+)[.]json$', 1), '') AS listing_id,
    coalesce(event_type LIKE 'ObjectRemoved:%', false) AS is_deleted,
    content,
    content_encoding,
    coalesce(content_too_large, false) AS content_too_large,
    CASE
      WHEN NOT content_encoding <=> 'utf-8' THEN NULL
      WHEN startswith(content, '\uFEFF') THEN substring(content, 2)
      ELSE content
    END AS document_text,
    run_id,
    _rescued_data,
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
    content_too_large,
    document_text,
    run_id,
    _rescued_data,
    file_path,
    ingested_at,
    from_json(
      nullif(trim(document_text), ''),
      'listing_id STRING, kind STRING, property_type STRING, status STRING, title STRING, description STRING, address STRUCT<street: STRING, city: STRING, postal_code: STRING, region: STRING, country: STRING, geo: STRUCT<lat: STRING, lon: STRING>>, agent STRUCT<id: STRING, name: STRING, email: STRING, phone: STRING, agency: STRUCT<id: STRING, name: STRING>>, price STRUCT<amount: STRING, currency: STRING, period: STRING>, size STRUCT<living_m2: STRING, plot_m2: STRING>, rooms STRUCT<bedrooms: STRING, bathrooms: STRING>, features ARRAY<STRING>, energy_rating STRING, year_built STRING, published_at STRING, updated_at STRING'
    ) AS document,
    -- What stands in the place of each object, whatever it is.
    get_json_object(document_text, '$.address') AS address_text,
    get_json_object(document_text, '$.agent') AS agent_text,
    get_json_object(document_text, '$.price') AS price_text,
    get_json_object(document_text, '$.size') AS size_text,
    get_json_object(document_text, '$.rooms') AS rooms_text
  FROM events
),

properties AS (
  SELECT
    event_id,
    event_type,
    event_time,
    sequencer,
    version_id,
    listing_id,
    is_deleted,
    document_text,
    run_id,
    _rescued_data,
    file_path,
    ingested_at,
    document,
    address_text,
    get_json_object(address_text, '$.geo') AS geo_text,
    agent_text,
    get_json_object(agent_text, '$.agency') AS agency_text,
    price_text,
    size_text,
    rooms_text,
    CASE
      WHEN is_deleted THEN 'deleted'
      WHEN content_too_large THEN 'too_large'
      WHEN content IS NULL THEN 'gone'
      WHEN document_text IS NULL THEN 'not_utf8'
      WHEN json_object_keys(document_text) IS NULL THEN 'not_json'
      -- Its beginning can be read and the whole cannot: something follows the object, or it is too deep or holds too large a number.
      WHEN document.listing_id IS NULL AND get_json_object(document_text, '$.listing_id') IS NOT NULL THEN 'not_json'
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
    -- Beyond these there is no place on earth, and NaN is beyond them.
    CASE WHEN try_cast(document.address.geo.lat AS DOUBLE) BETWEEN -90 AND 90 THEN try_cast(document.address.geo.lat AS DOUBLE) END AS latitude,
    CASE WHEN try_cast(document.address.geo.lon AS DOUBLE) BETWEEN -180 AND 180 THEN try_cast(document.address.geo.lon AS DOUBLE) END AS longitude,
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
    CASE WHEN document.published_at RLIKE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T' THEN try_cast(document.published_at AS TIMESTAMP) END AS published_at,
    CASE WHEN document.updated_at RLIKE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T' THEN try_cast(document.updated_at AS TIMESTAMP) END AS updated_at
  FROM documents
)

SELECT
  event_id,
  event_type,
  event_time,
  sequencer,
  version_id,
  listing_id,
  is_deleted,
  document_state,
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
  -- One JSON object out of several, one a line: within one a line break is always escaped.
  nullif(replace(
    concat_ws(
      '\n',
      _rescued_data,
      -- Properties that have no column, object by object.
      CASE WHEN NOT forall(json_object_keys(document_text), k -> k IN ('listing_id', 'kind', 'property_type', 'status', 'title', 'description', 'address', 'agent', 'price', 'size', 'rooms', 'features', 'energy_rating', 'year_built', 'published_at', 'updated_at')) THEN
        transform(
          filter(map_entries(from_json(document_text, 'MAP<STRING,STRING>')), e -> e.value IS NOT NULL AND NOT e.key IN ('listing_id', 'kind', 'property_type', 'status', 'title', 'description', 'address', 'agent', 'price', 'size', 'rooms', 'features', 'energy_rating', 'year_built', 'published_at', 'updated_at')),
          e -> to_json(map(e.key, e.value))
        )
      END,
      CASE WHEN NOT forall(json_object_keys(address_text), k -> k IN ('street', 'city', 'postal_code', 'region', 'country', 'geo')) THEN
        transform(
          filter(map_entries(from_json(address_text, 'MAP<STRING,STRING>')), e -> e.value IS NOT NULL AND NOT e.key IN ('street', 'city', 'postal_code', 'region', 'country', 'geo')),
          e -> to_json(map(concat('address.', e.key), e.value))
        )
      END,
      CASE WHEN NOT forall(json_object_keys(geo_text), k -> k IN ('lat', 'lon')) THEN
        transform(
          filter(map_entries(from_json(geo_text, 'MAP<STRING,STRING>')), e -> e.value IS NOT NULL AND NOT e.key IN ('lat', 'lon')),
          e -> to_json(map(concat('address.geo.', e.key), e.value))
        )
      END,
      CASE WHEN NOT forall(json_object_keys(agent_text), k -> k IN ('id', 'name', 'email', 'phone', 'agency')) THEN
        transform(
          filter(map_entries(from_json(agent_text, 'MAP<STRING,STRING>')), e -> e.value IS NOT NULL AND NOT e.key IN ('id', 'name', 'email', 'phone', 'agency')),
          e -> to_json(map(concat('agent.', e.key), e.value))
        )
      END,
      CASE WHEN NOT forall(json_object_keys(agency_text), k -> k IN ('id', 'name')) THEN
        transform(
          filter(map_entries(from_json(agency_text, 'MAP<STRING,STRING>')), e -> e.value IS NOT NULL AND NOT e.key IN ('id', 'name')),
          e -> to_json(map(concat('agent.agency.', e.key), e.value))
        )
      END,
      CASE WHEN NOT forall(json_object_keys(price_text), k -> k IN ('amount', 'currency', 'period')) THEN
        transform(
          filter(map_entries(from_json(price_text, 'MAP<STRING,STRING>')), e -> e.value IS NOT NULL AND NOT e.key IN ('amount', 'currency', 'period')),
          e -> to_json(map(concat('price.', e.key), e.value))
        )
      END,
      CASE WHEN NOT forall(json_object_keys(size_text), k -> k IN ('living_m2', 'plot_m2')) THEN
        transform(
          filter(map_entries(from_json(size_text, 'MAP<STRING,STRING>')), e -> e.value IS NOT NULL AND NOT e.key IN ('living_m2', 'plot_m2')),
          e -> to_json(map(concat('size.', e.key), e.value))
        )
      END,
      CASE WHEN NOT forall(json_object_keys(rooms_text), k -> k IN ('bedrooms', 'bathrooms')) THEN
        transform(
          filter(map_entries(from_json(rooms_text, 'MAP<STRING,STRING>')), e -> e.value IS NOT NULL AND NOT e.key IN ('bedrooms', 'bathrooms')),
          e -> to_json(map(concat('rooms.', e.key), e.value))
        )
      END,
      -- Something else in the place of an object or of the list.
      CASE WHEN document.address IS NULL AND address_text IS NOT NULL THEN to_json(map('address', address_text)) END,
      CASE WHEN document.address.geo IS NULL AND geo_text IS NOT NULL THEN to_json(map('address.geo', geo_text)) END,
      CASE WHEN document.agent IS NULL AND agent_text IS NOT NULL THEN to_json(map('agent', agent_text)) END,
      CASE WHEN document.agent.agency IS NULL AND agency_text IS NOT NULL THEN to_json(map('agent.agency', agency_text)) END,
      CASE WHEN document.price IS NULL AND price_text IS NOT NULL THEN to_json(map('price', price_text)) END,
      CASE WHEN document.size IS NULL AND size_text IS NOT NULL THEN to_json(map('size', size_text)) END,
      CASE WHEN document.rooms IS NULL AND rooms_text IS NOT NULL THEN to_json(map('rooms', rooms_text)) END,
      CASE WHEN document.features IS NULL AND get_json_object(document_text, '$.features') IS NOT NULL THEN to_json(map('features', get_json_object(document_text, '$.features'))) END,
      -- Values that are not of their column's type.
      CASE WHEN latitude IS NULL AND document.address.geo.lat IS NOT NULL THEN to_json(map('address.geo.lat', document.address.geo.lat)) END,
      CASE WHEN longitude IS NULL AND document.address.geo.lon IS NOT NULL THEN to_json(map('address.geo.lon', document.address.geo.lon)) END,
      CASE WHEN price_amount IS NULL AND document.price.amount IS NOT NULL THEN to_json(map('price.amount', document.price.amount)) END,
      CASE WHEN living_m2 IS NULL AND document.size.living_m2 IS NOT NULL THEN to_json(map('size.living_m2', document.size.living_m2)) END,
      CASE WHEN plot_m2 IS NULL AND document.size.plot_m2 IS NOT NULL THEN to_json(map('size.plot_m2', document.size.plot_m2)) END,
      CASE WHEN bedrooms IS NULL AND document.rooms.bedrooms IS NOT NULL THEN to_json(map('rooms.bedrooms', document.rooms.bedrooms)) END,
      CASE WHEN bathrooms IS NULL AND document.rooms.bathrooms IS NOT NULL THEN to_json(map('rooms.bathrooms', document.rooms.bathrooms)) END,
      CASE WHEN year_built IS NULL AND document.year_built IS NOT NULL THEN to_json(map('year_built', document.year_built)) END,
      CASE WHEN published_at IS NULL AND document.published_at IS NOT NULL THEN to_json(map('published_at', document.published_at)) END,
      CASE WHEN updated_at IS NULL AND document.updated_at IS NOT NULL THEN to_json(map('updated_at', document.updated_at)) END
    ),
    '}\n{',
    ','
  ), '') AS rescued_data,
  run_id,
  file_path,
  ingested_at
FROM properties;
