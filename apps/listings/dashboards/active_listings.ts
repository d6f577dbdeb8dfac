import {
  bar,
  counter,
  dashboard,
  dataset,
  histogram,
  type LakeviewDefinition,
  table,
} from '@lakewright/constructs/dashboard-builder';

/** Sale prices are shown in bins of this many euros. */
const PRICE_BIN = 100_000;

/**
 * The dashboard "Active listings": what is on the market now, and how fresh the picture is.
 * @param catalog the system's catalog of the environment, such as `listings_local`
 */
export function activeListings(catalog: string): LakeviewDefinition {
  const active = activeDataset(catalog);
  const sales = salesDataset(catalog);
  const newest = newestDataset(catalog);
  const market = marketDataset(catalog);
  const freshness = freshnessDataset(catalog);
  return dashboard({
    catalog,
    pages: [
      {
        name: 'active',
        displayName: 'Active listings',
        widgets: [
          counter(active, { title: 'Active now', value: active.count().titled('listings'), position: at(0, 0, 1, 2) }),
          counter(active, { title: 'For sale', value: active.sum('sale').titled('listings'), position: at(1, 0, 1, 2) }),
          counter(active, { title: 'To rent', value: active.sum('rent').titled('listings'), position: at(2, 0, 1, 2) }),
          counter(sales, {
            title: 'Median sale price',
            value: sales.median('price').titled('sales in euros'),
            format: { currency: 'EUR' },
            position: at(3, 0, 1, 2),
          }),
          counter(freshness, { title: 'Latest event', value: 'latest_event', position: at(4, 0, 1, 2) }),
          counter(freshness, { title: 'Latest load', value: 'latest_load', position: at(5, 0, 1, 2) }),
          bar(active, {
            title: 'Active listings by city',
            x: active.count().titled('Listings'),
            y: active.column('city').titled('City'),
            color: active.column('offer').titled('Offer'),
            sort: 'largest-first',
            position: at(0, 2, 3, 6),
          }),
          histogram(sales, {
            title: 'Sale prices',
            x: sales.bin('price', PRICE_BIN).titled('Asking price (EUR)'),
            y: sales.count().titled('Listings'),
            position: at(3, 2, 3, 6),
          }),
          bar(active, {
            title: 'Active listings by type',
            x: active.count().titled('Listings'),
            y: active.column('property_type').titled('Type'),
            sort: 'largest-first',
            position: at(0, 8, 2, 6),
          }),
          table(newest, {
            title: 'Newest listings',
            columns: [
              newest.column('published_at').titled('Published'),
              newest.column('title').titled('Listing'),
              newest.column('price').titled('Price'),
              newest.column('currency').titled('Currency'),
              newest.column('agency_name').titled('Agency'),
            ],
            position: at(2, 8, 4, 6),
          }),
          table(market, {
            title: 'On the market',
            columns: [
              market.column('city').titled('City'),
              market.column('property_type').titled('Type'),
              market.column('offer').titled('Offer'),
              market.column('status').titled('Status'),
              market.column('price').titled('Price'),
              market.column('currency').titled('Currency'),
              market.column('living_m2').titled('Living area (m²)'),
              market.column('bedrooms').titled('Bedrooms'),
              market.column('features').titled('Features'),
              market.column('changed_at').titled('Changed'),
            ],
            position: at(0, 14, 6, 8),
          }),
          table(freshness, {
            title: 'Last run',
            columns: [
              freshness.column('last_run').titled('Run'),
              freshness.column('latest_event').titled('Latest event'),
              freshness.column('latest_load').titled('Latest load'),
              freshness.column('events').titled('Events'),
            ],
            position: at(0, 22, 6, 2),
          }),
        ],
      },
    ],
  });
}

function activeDataset(catalog: string) {
  return dataset({
    name: 'active',
    displayName: 'Active listings',
    query: `SELECT
  city,
  initcap(property_type) AS property_type,
  CASE kind WHEN 'sale' THEN 'For sale' ELSE 'To rent' END AS offer,
  CASE kind WHEN 'sale' THEN 1 ELSE 0 END AS sale,
  CASE kind WHEN 'rent' THEN 1 ELSE 0 END AS rent
FROM ${catalog}.gold.current_listings
WHERE NOT is_deleted`,
    columns: { city: 'string', property_type: 'string', offer: 'string', sale: 'int', rent: 'int' },
  });
}

/** One currency only: amounts of different currencies have no median. */
function salesDataset(catalog: string) {
  return dataset({
    name: 'sales_in_euros',
    displayName: 'Active sales in euros',
    query: `SELECT
  listing_id,
  price_amount AS price
FROM ${catalog}.gold.current_listings
WHERE NOT is_deleted
  AND kind = 'sale'
  AND price_currency = 'EUR'`,
    columns: { listing_id: 'string', price: 'decimal' },
  });
}

function newestDataset(catalog: string) {
  return dataset({
    name: 'newest',
    displayName: 'Newest active listings',
    query: `SELECT
  published_at,
  title,
  price_amount AS price,
  price_currency AS currency,
  agency_name
FROM ${catalog}.gold.current_listings
WHERE NOT is_deleted
ORDER BY published_at DESC, listing_id
LIMIT 8`,
    columns: { published_at: 'timestamp', title: 'string', price: 'decimal', currency: 'string', agency_name: 'string' },
  });
}

function marketDataset(catalog: string) {
  return dataset({
    name: 'market',
    displayName: 'All active listings',
    query: `SELECT
  city,
  initcap(property_type) AS property_type,
  CASE kind WHEN 'sale' THEN 'For sale' ELSE 'To rent' END AS offer,
  initcap(status) AS status,
  price_amount AS price,
  price_currency AS currency,
  living_m2,
  bedrooms,
  replace(features, '_', ' ') AS features,
  changed_at
FROM ${catalog}.gold.current_listings
WHERE NOT is_deleted
ORDER BY city, price_amount DESC, listing_id
LIMIT 500`,
    columns: {
      city: 'string',
      property_type: 'string',
      offer: 'string',
      status: 'string',
      price: 'decimal',
      currency: 'string',
      living_m2: 'decimal',
      bedrooms: 'int',
      features: 'string',
      changed_at: 'timestamp',
    },
  });
}

/** Of events, not of listings: one that changed no listing shows that the flow is alive all the same. */
function freshnessDataset(catalog: string) {
  return dataset({
    name: 'freshness',
    displayName: 'Freshness',
    query: `SELECT
  latest_event_at AS latest_event,
  latest_load_at AS latest_load,
  last_run_id AS last_run,
  events
FROM ${catalog}.gold.listings_freshness`,
    columns: { latest_event: 'timestamp', latest_load: 'timestamp', last_run: 'string', events: 'bigint' },
  });
}

function at(x: number, y: number, width: number, height: number) {
  return { x, y, width, height };
}
