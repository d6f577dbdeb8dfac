/** What must become of an object of the listings bucket: worked out from the contract, without SQL and without code of the Lambdas. */
export type Judgement =
  | { readonly accepted: false; readonly reasons: readonly string[] }
  | { readonly accepted: true; readonly properties: Properties; readonly rescued: readonly string[] };

/** Some columns of silver, of every type and depth. */
export interface Properties {
  readonly title: string | null;
  readonly city: string | null;
  readonly latitude: number | null;
  readonly agency_name: string | null;
  readonly price_amount: number;
  readonly living_m2: number | null;
  readonly bedrooms: number | null;
  readonly features: string | null;
  readonly year_built: number | null;
}

const LARGEST = 8 * 1024 * 1024;
const DEEPEST = 127;

type Json = Record<string, unknown>;
type Reader = (text: string) => unknown;

const text: Reader = (value) => value;
const whole: Reader = (value) => (/^\s*[+-]?\d+\s*$/.test(value) && Math.abs(Number(value)) < 2 ** 31 ? Number(value) : null);
const decimal =
  (digits: number): Reader =>
  (value) =>
    /^\s*[+-]?(\d+(\.\d*)?|\.\d+)\s*$/.test(value) && Math.abs(Number(value)) < 10 ** digits
      ? Math.round(Number(value) * 100) / 100
      : null;
const degrees =
  (most: number): Reader =>
  (value) =>
    value.trim() !== '' && Math.abs(Number(value)) <= most ? Number(value) : null;
const time: Reader = (value) => (/^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)) ? value : null);

type Schema = { readonly [name: string]: Reader | Schema | 'list' };
const SCHEMA: Schema = {
  listing_id: text,
  kind: text,
  property_type: text,
  status: text,
  title: text,
  description: text,
  address: {
    street: text,
    city: text,
    postal_code: text,
    region: text,
    country: text,
    geo: { lat: degrees(90), lon: degrees(180) },
  },
  agent: { id: text, name: text, email: text, phone: text, agency: { id: text, name: text } },
  price: { amount: decimal(12), currency: text, period: text },
  size: { living_m2: decimal(8), plot_m2: decimal(10) },
  rooms: { bedrooms: whole, bathrooms: whole },
  features: 'list',
  energy_rating: text,
  year_built: whole,
  published_at: time,
  updated_at: time,
};

/** Judges the content of one object version. */
export function judge(key: string, body: Buffer): Judgement {
  if (body.length > LARGEST) return refused('document_is_not_too_large');
  let content: string;
  try {
    content = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return refused('document_is_utf8');
  }
  const document = parse(content.replace(/^\uFEFF/, ''));
  if (!isObject(document) || depth(document) > DEEPEST || /\\ud[89ab]..(?!\\ud[c-f])/i.test(content))
    return refused('document_is_json');
  const id = key.replace(/^listings\//, '').replace(/\.json$/, '');
  if (document.listing_id === null || asText(document.listing_id) !== id) return refused('document_is_of_its_key');
  const { values, rescued } = read(document, SCHEMA, '');
  const reasons = [
    ['sale', 'rent'].includes(values.kind as string) ? [] : 'kind_is_known',
    (values['price.amount'] as number) > 0 ? [] : 'price_is_positive',
  ].flat();
  if (reasons.length > 0) return refused(...reasons);
  const of = <T>(name: string) => (values[name] ?? null) as T;
  return {
    accepted: true,
    rescued: rescued.sort(),
    properties: {
      title: of('title'),
      city: of('address.city'),
      latitude: of('address.geo.lat'),
      agency_name: of('agent.agency.name'),
      price_amount: of('price.amount'),
      living_m2: of('size.living_m2'),
      bedrooms: of('rooms.bedrooms'),
      features: of('features'),
      year_built: of('year_built'),
    },
  };
}

/** Values by dotted name, and the names of what has no place in the schema. */
function read(object: Json, schema: Schema, prefix: string): { values: Json; rescued: string[] } {
  const values: Json = {};
  const rescued: string[] = [];
  for (const [name, value] of Object.entries(object)) {
    if (value === null) continue;
    const path = `${prefix}${name}`;
    const expected = Object.hasOwn(schema, name) ? schema[name] : undefined;
    if (expected === 'list' && Array.isArray(value)) {
      values[path] = value
        .filter((each) => each !== null)
        .map(asText)
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        .join(', ');
    } else if (typeof expected === 'object' && isObject(value)) {
      const inner = read(value, expected, `${path}.`);
      Object.assign(values, inner.values);
      rescued.push(...inner.rescued);
    } else {
      const taken = typeof expected === 'function' ? expected(asText(value)) : null;
      if (taken === null) rescued.push(path);
      else values[path] = taken;
    }
  }
  return { values, rescued };
}

function refused(...reasons: string[]): Judgement {
  return { accepted: false, reasons };
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content, (_, value) => {
      if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('beyond a double');
      return value;
    });
  } catch {
    return undefined;
  }
}

function depth(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depth));
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
