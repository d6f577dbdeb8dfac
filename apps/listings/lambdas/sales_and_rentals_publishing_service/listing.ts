import {
  AGENCIES,
  CITIES,
  type City,
  ENERGY_RATINGS,
  FEATURES,
  FIRST_NAMES,
  LAST_NAMES,
  PROPERTY_TYPES,
  type PropertyType,
} from './market';
import type { Random } from './random';

/** The document of one listing, as the portal's backend emits it. */
export interface Listing {
  readonly listing_id: string;
  readonly kind: 'sale' | 'rent';
  readonly property_type: string;
  readonly status: 'available' | 'reserved';
  readonly title: string;
  readonly description: string;
  readonly address: {
    readonly street: string;
    readonly city: string;
    readonly postal_code: string;
    readonly region: string;
    /** ISO 3166-1 alpha-2. */
    readonly country: string;
    /** Degrees, WGS 84. */
    readonly geo: { readonly lat: number; readonly lon: number };
  };
  readonly agent: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly phone: string;
    readonly agency: { readonly id: string; readonly name: string };
  };
  /** `amount` in whole units of `currency` (ISO 4217): once for a sale, every `period` for a rent. */
  readonly price: { readonly amount: number; readonly currency: string; readonly period: 'once' | 'month' };
  /** Square metres; `plot_m2` is null where no land belongs to the property. */
  readonly size: { readonly living_m2: number; readonly plot_m2: number | null };
  readonly rooms: { readonly bedrooms: number; readonly bathrooms: number };
  readonly features: readonly string[];
  readonly energy_rating: string;
  readonly year_built: number;
  /** ISO 8601 in UTC. */
  readonly published_at: string;
  /** ISO 8601 in UTC: when this state of the document was made. */
  readonly updated_at: string;
}

const MINUTE = 60_000;
const DAYS_ON_MARKET = 120;

/** A new listing. Everything in it follows from the arguments: no clock, no other randomness. */
export function newListing(id: string, asOf: string, random: Random): Listing {
  const city = random.weighted(CITIES.map((value) => [value, value.weight] as const));
  const type = random.weighted(PROPERTY_TYPES.map((value) => [value, value.weight] as const));
  const kind = random.chance(0.58) ? 'sale' : 'rent';
  const living = random.integer(...type.area);
  const bedrooms = random.integer(...type.bedrooms);
  const published = new Date(Date.parse(asOf) - random.integer(1, DAYS_ON_MARKET * 24 * 60) * MINUTE).toISOString();
  const street = random.pick(city.streets);
  return {
    listing_id: id,
    kind,
    property_type: type.name,
    status: 'available',
    title: titleOf(type, bedrooms, street, city),
    description: `${living} m² in ${city.name}, ${kind === 'sale' ? 'for sale' : 'to rent'}. Viewings by appointment.`,
    address: {
      street: `${street} ${random.integer(1, 240)}`,
      city: city.name,
      postal_code: random.pick(city.postalCodes),
      region: city.region,
      country: city.country,
      geo: { lat: near(city.lat, random), lon: near(city.lon, random) },
    },
    agent: newAgent(random),
    price: {
      amount: priceOf(kind, city, type, living, random),
      currency: city.currency,
      period: kind === 'sale' ? 'once' : 'month',
    },
    size: { living_m2: living, plot_m2: type.plot ? random.integer(...type.plot) : null },
    rooms: { bedrooms, bathrooms: Math.max(1, Math.round(bedrooms * 0.6)) },
    features: random.subset(FEATURES, 0.3),
    energy_rating: random.pick(ENERGY_RATINGS),
    year_built: random.integer(1890, 2024),
    published_at: published,
    updated_at: published,
  };
}

/** The next state of a listing: one change that a portal sees often, and a later `updated_at`. */
export function changedListing(listing: Listing, random: Random): Listing {
  const updated_at = new Date(Date.parse(listing.updated_at) + random.integer(30, 14 * 24 * 60) * MINUTE).toISOString();
  const change = random.weighted([
    ['price', 50],
    ['agent', 12],
    ['features', 18],
    ['status', 20],
  ] as const);
  switch (change) {
    case 'price':
      return {
        ...listing,
        price: { ...listing.price, amount: rounded(listing.price.amount * (1 - 0.02 * random.integer(1, 6))) },
        updated_at,
      };
    case 'agent':
      return { ...listing, agent: newAgent(random), updated_at };
    case 'features':
      return { ...listing, features: toggled(listing.features, random.pick(FEATURES)), updated_at };
    case 'status':
      return { ...listing, status: listing.status === 'available' ? 'reserved' : 'available', updated_at };
  }
}

/**
 * A listing read back from the bucket, or undefined if the text is none that can be changed: somebody else may have put it there.
 */
export function readListing(text: string): Listing | undefined {
  let document: Partial<Listing> | null;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  const usable =
    typeof document?.listing_id === 'string' &&
    typeof document.price?.amount === 'number' &&
    Array.isArray(document.features) &&
    !Number.isNaN(Date.parse(String(document.updated_at)));
  return usable ? (document as Listing) : undefined;
}

function titleOf(type: PropertyType, bedrooms: number, street: string, city: City): string {
  const size = bedrooms === 0 ? '' : `${bedrooms}-bedroom `;
  const text = `${size}${type.name} near ${street}, ${city.name}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function newAgent(random: Random): Listing['agent'] {
  const agency = random.pick(AGENCIES);
  const first = random.pick(FIRST_NAMES);
  const last = random.pick(LAST_NAMES);
  const mailbox = `${first}.${last}`
    .normalize('NFD')
    .replaceAll(/[^A-Za-z.]/g, '')
    .toLowerCase();
  return {
    id: `agt_${agency.id.slice(4)}_${mailbox.replace('.', '_')}`,
    name: `${first} ${last}`,
    email: `${mailbox}@${agency.domain}`,
    phone: `+351 900 ${random.integer(100, 999)} ${random.integer(100, 999)}`,
    agency: { id: agency.id, name: agency.name },
  };
}

function priceOf(kind: 'sale' | 'rent', city: City, type: PropertyType, living: number, random: Random): number {
  const perM2 = kind === 'sale' ? city.salePerM2 : city.rentPerM2;
  return rounded(perM2 * living * type.priceFactor * random.spread(0.25));
}

/** As people price: rents by 10, sales by 1,000. */
function rounded(amount: number): number {
  const step = amount < 20_000 ? 10 : 1000;
  return Math.max(step, Math.round(amount / step) * step);
}

function toggled(features: readonly string[], feature: string): string[] {
  return features.includes(feature) ? features.filter((other) => other !== feature) : [...features, feature];
}

/** A point within some four kilometres. */
function near(degrees: number, random: Random): number {
  return Number((degrees + (random.next() - 0.5) * 0.07).toFixed(5));
}
