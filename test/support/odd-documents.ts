import { newListing } from '../../apps/listings/lambdas/sales_and_rentals_publishing_service/listing';
import { Random } from '../../apps/listings/lambdas/sales_and_rentals_publishing_service/random';

/** An object of the listings bucket. */
export interface OddDocument {
  readonly key: string;
  readonly body: Buffer;
}

const UNKNOWN = 'virtual_tour';
const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  7,
  2.5,
  123456789012345,
  'three',
  '12',
  '',
  [],
  [1, 'b'],
  {},
  { a: 1 },
];

/** Seeded mutations of good documents: two of three objects are damaged, several objects share a key. */
export function fuzzedDocuments(count: number, seed: number): OddDocument[] {
  const random = new Random(seed, 'fuzz');
  return Array.from({ length: count }, (_, index) => {
    const id = `fuzz_${random.integer(0, Math.floor(count / 3))}`;
    const listing = newListing(id, '2026-06-01T00:00:00.000Z', new Random(seed, 'listing', index)) as unknown as Json;
    return { key: `listings/${id}.json`, body: random.chance(0.35) ? bytesOf(listing) : mutated(listing, random) };
  });
}

/** One document of each kind that an issue, a colleague or a memory of production has named. */
export function namedDocuments(): OddDocument[] {
  const text = (id: string, change: (document: Json) => void = () => {}) => {
    const document = newListing(id, '2026-06-01T00:00:00.000Z', new Random(1, id)) as unknown as Json;
    change(document);
    return JSON.stringify(document);
  };
  const named: Record<string, Buffer | string> = {
    good: text('good'),
    empty: '',
    blank: ' \n ',
    cut: text('cut').slice(0, 300),
    binary: Buffer.from(Array.from({ length: 2048 }, (_, index) => (index * 37) % 256)),
    large: text('large', (document) => Object.assign(document, { description: 'x'.repeat(20_000_000) })),
    // Every quote takes two bytes in the message: one of more than 8 MiB.
    long: text('long', (document) => Object.assign(document, { description: '"'.repeat(2_500_000) })),
    unknown: text('unknown', (document) => Object.assign(document, { [UNKNOWN]: { url: 'https://example.org' } })),
    string: text('string', (document) => Object.assign(document.rooms as Json, { bedrooms: 'three' })),
    utf16: Buffer.from(`\uFEFF${text('utf16')}`, 'utf16le'),
    utf16_bare: Buffer.from(
      text('utf16_bare', (document) => Object.assign(document, { title: 'x', address: {} })),
      'utf16le',
    ),
    latin1: Buffer.from(
      text('latin1', (document) => Object.assign(document, { title: 'Évora' })),
      'latin1',
    ),
    marked: `\uFEFF${text('marked')}`,
    nested: text('nested', (document) => Object.assign(document, { [UNKNOWN]: nested(50) })),
    nested_too_deep: text('nested_too_deep').replace('{', `{"${UNKNOWN}":${'['.repeat(50_000)}${']'.repeat(50_000)},`),
    twice: text('twice').replace('{', '{"kind":"swap","price":{"amount":-1},'),
    huge: text('huge').replace(/"amount":\d+/, '"amount":1e400'),
    vast: text('vast').replace(/"amount":\d+/, `"amount":${'9'.repeat(60)}`),
    nan: text('nan').replace(/"amount":\d+/, '"amount":NaN'),
    nan_text: text('nan_text', (document) => Object.assign(document.price as Json, { amount: 'NaN' })),
    control: text('control').replace('"title":"', '"title":"\u0001'),
    escaped: text('escaped', (document) => Object.assign(document, { title: 'a\u0000b\u0001\u2028c\nd\te"\\' })),
    surrogate: text('surrogate').replace('"title":"', '"title":"\\ud800'),
    list: '[1, 2]',
    scalar: '7',
    two: `${text('two')}\n${text('two')}`,
    other: text('somebody'),
    'a b+c%25ü': text('a b+c%25ü'),
  };
  return Object.entries(named).map(([id, body]) => ({ key: `listings/${id}.json`, body: Buffer.from(body) }));
}

type Json = Record<string, unknown>;

function mutated(listing: Json, random: Random): Buffer {
  switch (random.integer(0, 9)) {
    case 0:
      return flipped(bytesOf(listing), random);
    case 1:
      return bytesOf(listing).subarray(0, random.integer(0, 600));
    case 2:
      return spliced(bytesOf(listing), random);
    case 3:
      return Buffer.from(JSON.stringify(listing), random.pick(['utf16le', 'latin1'] as const));
    case 4:
      return Buffer.concat([
        bytesOf(listing),
        random.pick([Buffer.from('}'), Buffer.from('\n'), bytesOf(listing), Buffer.from([0])]),
      ]);
    case 5:
      return bytesOf({ ...listing, [random.pick([UNKNOWN, 'Kind', '', 'a"b', 'a\nb', '__proto__x', 'é'])]: random.pick(VALUES) });
    default:
      return bytesOf(changedSomewhere(listing, random));
  }
}

/** Replaces, removes or renames one property, on the outside or inside of an object. */
function changedSomewhere(object: Json, random: Random): Json {
  const name = random.pick(Object.keys(object));
  const value = object[name];
  const inside = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (inside && random.chance(0.7)) return { ...object, [name]: changedSomewhere(value as Json, random) };
  const { [name]: _removed, ...rest } = object;
  if (random.chance(0.15)) return rest;
  if (random.chance(0.2)) return { ...rest, [`${name}_`]: value };
  return { ...object, [name]: random.pick(VALUES) };
}

function flipped(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  for (let times = random.integer(1, 3); times > 0; times -= 1) {
    const at = random.integer(0, copy.length - 1);
    copy[at] = copy[at]! ^ (1 << random.integer(0, 7));
  }
  return copy;
}

/** Takes a piece out and puts another one in. */
function spliced(bytes: Buffer, random: Random): Buffer {
  const at = random.integer(0, bytes.length - 1);
  const from = random.integer(0, bytes.length - 1);
  const piece = bytes.subarray(from, from + random.integer(0, 40));
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + random.integer(0, 40))]);
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

function bytesOf(document: unknown): Buffer {
  return Buffer.from(JSON.stringify(document));
}
