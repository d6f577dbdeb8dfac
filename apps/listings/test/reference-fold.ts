import type { ObjectVersion } from './versioned-bucket';

/** One version of a listing as the history must show it. */
export interface ExpectedVersion {
  readonly listing_id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly start_at: string;
  readonly end_at: string | null;
}

/**
 * What the gold tables must show after these object versions, in whatever order they came: worked out from the contract, listing by
 * listing, without SQL and without any code of the Lambdas or the pipeline.
 */
export function foldVersions(versions: readonly ObjectVersion[]): ExpectedVersion[] {
  const byKey = new Map<string, ObjectVersion[]>();
  for (const version of versions) byKey.set(version.key, [...(byKey.get(version.key) ?? []), version]);
  return [...byKey].flatMap(([key, ofKey]) => foldKey(key.replace(/^listings\//, '').replace(/\.json$/, ''), ofKey));
}

/** The latest version of each listing. */
export function latestOf(history: readonly ExpectedVersion[]): ExpectedVersion[] {
  return [...new Map(history.map((version) => [version.listing_id, version])).values()];
}

function foldKey(listing_id: string, versions: readonly ObjectVersion[]): ExpectedVersion[] {
  const padded = (sequencer: string) => `${sequencer}${'0'.repeat(64)}`.slice(0, 64);
  const ordered = [...versions].sort((a, b) => (padded(a.sequencer) < padded(b.sequencer) ? -1 : 1));
  const history: { listing_id: string; properties: Record<string, unknown>; start_at: string; end_at: string | null }[] = [];
  for (const { content, time } of ordered) {
    const open = history.at(-1)?.end_at === null ? history.at(-1) : undefined;
    if (content === null) {
      if (open) open.end_at = time;
      continue;
    }
    const properties = propertiesOf(content);
    if (open && JSON.stringify(open.properties) === JSON.stringify(properties)) continue;
    if (open) open.end_at = time;
    history.push({ listing_id, properties, start_at: time, end_at: null });
  }
  return history;
}

/** The columns of a document: one a property. */
function propertiesOf(content: string): Record<string, unknown> {
  const document = JSON.parse(content);
  const time = (text: unknown) => (typeof text === 'string' ? new Date(text).toISOString() : null);
  return {
    kind: document.kind,
    property_type: document.property_type ?? null,
    status: document.status ?? null,
    title: document.title ?? null,
    description: document.description ?? null,
    street: document.address?.street ?? null,
    city: document.address?.city ?? null,
    postal_code: document.address?.postal_code ?? null,
    region: document.address?.region ?? null,
    country: document.address?.country ?? null,
    latitude: document.address?.geo?.lat ?? null,
    longitude: document.address?.geo?.lon ?? null,
    agent_id: document.agent?.id ?? null,
    agent_name: document.agent?.name ?? null,
    agent_email: document.agent?.email ?? null,
    agent_phone: document.agent?.phone ?? null,
    agency_id: document.agent?.agency?.id ?? null,
    agency_name: document.agent?.agency?.name ?? null,
    price_amount: document.price.amount,
    price_currency: document.price.currency ?? null,
    price_period: document.price.period ?? null,
    living_m2: document.size?.living_m2 ?? null,
    plot_m2: document.size?.plot_m2 ?? null,
    bedrooms: document.rooms?.bedrooms ?? null,
    bathrooms: document.rooms?.bathrooms ?? null,
    features: document.features ? [...document.features].sort().join(', ') : null,
    energy_rating: document.energy_rating ?? null,
    year_built: document.year_built ?? null,
    published_at: time(document.published_at),
    updated_at: time(document.updated_at),
  };
}
