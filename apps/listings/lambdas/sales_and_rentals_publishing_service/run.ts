import { createHash } from 'node:crypto';
import type { ListingsBucket } from './bucket';
import { inParallel } from './in-parallel';
import { changedListing, type Listing, newListing, readListing } from './listing';
import { type Payload, PayloadError } from './payload';
import { Random } from './random';

/** What a run did: its id, operations by kind and their sum. */
export interface RunResult {
  /** On every document that it wrote; deletions cannot carry it. */
  readonly run_id: string;
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly operations: number;
}

interface Operation {
  readonly action: 'create' | 'update' | 'delete';
  readonly key: string;
  /** Position in the run: seeds the randomness of this operation alone. */
  readonly index: number;
}

const PREFIX = 'listings/';
/** Keys written at the same time; S3 takes thousands a second for a prefix, the memory of the function is the bound. */
const CONCURRENCY = 16;

/**
 * Publishes one run: creations, updates and deletions in the proportion of `payload.mix`.
 * Operations of one key happen one after the other, so that the bucket's sequencers follow the run; different keys run at
 * the same time. A run that can do nothing more (nothing left to change, and the mix creates nothing) ends early.
 * @throws PayloadError if the mix creates nothing and the bucket holds no listing.
 */
export async function publishRun(payload: Payload, bucket: ListingsBucket): Promise<RunResult> {
  const existing = (await bucket.keys(PREFIX)).toSorted(byCodeUnit);
  if (existing.length === 0 && payload.mix.create === 0) {
    throw new PayloadError('mix.create is 0 and the bucket holds no listing: there is nothing to update or delete');
  }
  const operations = planRun(payload, existing);
  const run_id = payload.run_id ?? repeatableRunId(payload, existing);
  await inParallel(CONCURRENCY, byKey(operations), (ofOneKey) => publishKey(payload, bucket, run_id, ofOneKey));
  return { run_id, ...countsOf(operations) };
}

/** Chooses the operations; needs the keys in the bucket only, not what they hold. */
function planRun(payload: Payload, existing: readonly string[]): Operation[] {
  const random = new Random(payload.seed, 'plan', ...existing);
  const idSource = createHash('sha256')
    .update([payload.seed, ...existing].join('\n'))
    .digest('hex');
  const taken = new Set(existing);
  const living = [...existing];
  const operations: Operation[] = [];
  for (let index = 0; index < payload.count; index++) {
    const action = chooseAction(payload, living.length, random);
    if (action === undefined) break;
    if (action === 'create') {
      const key = freeKey(idSource, index, taken);
      taken.add(key);
      living.push(key);
      operations.push({ action, key, index });
      continue;
    }
    const position = random.integer(0, living.length - 1);
    const key = living[position] as string;
    if (action === 'delete') living.splice(position, 1);
    operations.push({ action, key, index });
  }
  return operations;
}

function chooseAction({ mix }: Payload, living: number, random: Random): Operation['action'] | undefined {
  if (living === 0) return mix.create > 0 ? 'create' : undefined;
  return random.weighted([
    ['create', mix.create],
    ['update', mix.update],
    ['delete', mix.delete],
  ] as const);
}

/** Groups operations by key, each group in the order of the run. */
function byKey(operations: readonly Operation[]): Operation[][] {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const group = groups.get(operation.key);
    if (group) group.push(operation);
    else groups.set(operation.key, [operation]);
  }
  return [...groups.values()];
}

/** Ids come from the seed and from what the bucket held: a second run with the same seed creates other listings. */
function freeKey(idSource: string, index: number, taken: ReadonlySet<string>): string {
  for (let attempt = 0; ; attempt++) {
    const id = createHash('sha256').update(`${idSource}/${index}/${attempt}`).digest('hex').slice(0, 12);
    const key = `${PREFIX}lst_${id}.json`;
    if (!taken.has(key)) return key;
  }
}

/** A UUID (version 8: of our own making) of what the run is given: the same run again has the same id. */
function repeatableRunId({ count, seed, mix, as_of }: Payload, existing: readonly string[]): string {
  const given = JSON.stringify([count, seed, mix.create, mix.update, mix.delete, as_of, existing]);
  const hex = createHash('sha256').update(given).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

async function publishKey(
  payload: Payload,
  bucket: ListingsBucket,
  runId: string,
  operations: readonly Operation[],
): Promise<void> {
  let current: Listing | undefined;
  for (const { action, key, index } of operations) {
    if (action === 'delete') {
      await bucket.remove(key);
      current = undefined;
      continue;
    }
    const random = new Random(payload.seed, 'listing', index, key);
    if (action === 'update' && current === undefined) current = readListing((await bucket.read(key)) ?? '');
    const next: Listing = current ? changedListing(current, random) : newListing(idOf(key), payload.as_of, random);
    await bucket.write(key, JSON.stringify(next), runId);
    current = next;
  }
}

function idOf(key: string): string {
  return key.slice(PREFIX.length).replace(/\.json$/, '');
}

function countsOf(operations: readonly Operation[]): Omit<RunResult, 'run_id'> {
  const of = (action: Operation['action']) => operations.filter((operation) => operation.action === action).length;
  return { created: of('create'), updated: of('update'), deleted: of('delete'), operations: operations.length };
}

/** The order of S3's own lists, whatever the locale. */
function byCodeUnit(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
