import { handler } from '../lambdas/sales_and_rentals_publishing_service/handler';
import type { Listing } from '../lambdas/sales_and_rentals_publishing_service/listing';
import { DEFAULT_PAYLOAD, readPayload } from '../lambdas/sales_and_rentals_publishing_service/payload';
import { publishRun } from '../lambdas/sales_and_rentals_publishing_service/run';
import system from '../system.json';
import { VersionedBucket } from './versioned-bucket';

const MIX = { create: 60, update: 30, delete: 10 };

function publish(bucket: VersionedBucket, event: unknown) {
  return publishRun(readPayload(event), bucket);
}

/** What each key went through, without the times of the bucket. */
function histories(bucket: VersionedBucket): Record<string, (string | null)[]> {
  const keys = [...new Set(bucket.versions.map(({ key }) => key))].sort();
  return Object.fromEntries(keys.map((key) => [key, bucket.versions.filter((v) => v.key === key).map(({ content }) => content)]));
}

describe('payload', () => {
  test('everything has a default', () => {
    expect(readPayload({})).toEqual(DEFAULT_PAYLOAD);
    expect(readPayload(undefined)).toEqual(DEFAULT_PAYLOAD);
    expect(readPayload({ count: 3, seed: 9, mix: { update: 1 }, as_of: '2026-02-03T04:05:06Z' })).toEqual({
      count: 3,
      seed: 9,
      mix: { create: 0, update: 1, delete: 0 },
      as_of: '2026-02-03T04:05:06.000Z',
    });
  });

  test.each([
    [{ count: 0 }, 'count is 0: it must be a whole number from 1 to 50000'],
    [{ count: 1.5 }, 'count is 1.5: it must be a whole number from 1 to 50000'],
    [{ count: '10' }, 'count is "10": it must be a whole number from 1 to 50000'],
    [{ seed: -1 }, 'seed is -1: it must be a whole number from 0 to 4294967295'],
    [{ mix: { create: -1 } }, 'mix.create is -1: it must be a number, 0 or above'],
    [{ mix: { create: 0 } }, 'at least one of create, update and delete must be above 0'],
    [{ mix: { insert: 1 } }, 'mix has the unknown field "insert": the known ones are create, update, delete'],
    [{ mix: [1] }, 'mix is [1]: it must be an object with the fields create, update, delete'],
    [{ counts: 1 }, 'payload has the unknown field "counts": the known ones are count, seed, mix, as_of, run_id'],
    [{ as_of: 'yesterday' }, 'as_of is "yesterday": it must be a time in UTC such as 2026-06-01T00:00:00.000Z'],
    [{ run_id: '' }, 'run_id is "": it must be 1 to 64 letters'],
    [{ run_id: 7 }, 'run_id is 7: it must be 1 to 64 letters'],
    ['100', 'payload is "100": it must be an object'],
  ])('%j is refused', (event, message) => {
    expect(() => readPayload(event)).toThrow(message);
  });
});

test('the manifest runs with a payload that is accepted', () => {
  const { payload, options } = system.runs.publish;
  expect(readPayload(payload)).toMatchObject(payload);
  expect(Object.keys(payload)).toEqual(expect.arrayContaining(options));
});

test('the function names what it lacks', async () => {
  await expect(handler({ count: -1 })).rejects.toThrow('count is -1');
  await expect(handler({})).rejects.toThrow('LISTINGS_BUCKET is not set');
});

describe('a run', () => {
  test('creates whole documents under the key of their id', async () => {
    const bucket = new VersionedBucket();
    expect(await publish(bucket, { count: 50, mix: { create: 1 }, run_id: 'run-1' })).toEqual({
      run_id: 'run-1',
      created: 50,
      updated: 0,
      deleted: 0,
      operations: 50,
    });
    const contents = Object.entries(bucket.contents());
    expect(contents).toHaveLength(50);
    for (const [key, text] of contents) {
      const document: Listing = JSON.parse(text);
      expect(key).toBe(`listings/${document.listing_id}.json`);
      expect(document).toMatchObject({
        kind: expect.stringMatching(/^(sale|rent)$/),
        address: { city: expect.any(String), geo: { lat: expect.any(Number), lon: expect.any(Number) } },
        agent: { email: expect.stringMatching(/^[a-z.]+@[a-z]+\.example$/), agency: { name: expect.any(String) } },
        price: { currency: expect.stringMatching(/^(EUR|CHF|GBP)$/), period: document.kind === 'sale' ? 'once' : 'month' },
      });
      expect(document.price.amount).toBeGreaterThan(0);
      expect(document.features).toEqual([...new Set(document.features)]);
      expect(Date.parse(document.published_at)).toBeLessThan(Date.parse(DEFAULT_PAYLOAD.as_of));
      expect(document.updated_at).toBe(document.published_at);
    }
  });

  test.each([1, 2, 3, 4, 5])('seed %i: the same again on the same content, another run with another seed', async (seed) => {
    const [one, two, other] = [new VersionedBucket(), new VersionedBucket(), new VersionedBucket()];
    const result = await publish(one, { count: 120, seed, mix: MIX });
    expect(await publish(two, { count: 120, seed, mix: MIX })).toEqual(result);
    expect(histories(two)).toEqual(histories(one));
    await publish(other, { count: 120, seed: seed + 100, mix: MIX });
    expect(histories(other)).not.toEqual(histories(one));

    expect(await publish(one, { count: 60, seed, mix: MIX })).toEqual(await publish(two, { count: 60, seed, mix: MIX }));
    expect(histories(two)).toEqual(histories(one));
  });

  test('its id is on every document, and on no deletion', async () => {
    const bucket = new VersionedBucket();
    await publish(bucket, { count: 60, mix: MIX, run_id: 'run-1' });
    expect(bucket.versions.some(({ content }) => content === null)).toBe(true);
    for (const { content, runId } of bucket.versions) expect(runId).toBe(content === null ? undefined : 'run-1');
  });

  test('without an id it takes one of what it is given: the same for the same run, another for the next', async () => {
    const [one, two] = [new VersionedBucket(), new VersionedBucket()];
    const event = { count: 10, seed: 3, mix: { create: 1 } };
    const { run_id } = await publish(one, event);
    expect(run_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect((await publish(two, event)).run_id).toBe(run_id);
    expect((await publish(two, event)).run_id).not.toBe(run_id);
    expect((await publish(new VersionedBucket(), { ...event, seed: 4 })).run_id).not.toBe(run_id);
  });

  test('an id given changes nothing of what it does', async () => {
    const [one, two] = [new VersionedBucket(), new VersionedBucket()];
    await publish(one, { count: 40, mix: MIX });
    await publish(two, { count: 40, mix: MIX, run_id: 'other' });
    expect(histories(two)).toEqual(histories(one));
  });

  test('its counts are what happened to the bucket', async () => {
    const bucket = new VersionedBucket();
    const { created, updated, deleted, operations } = await publish(bucket, { count: 300, seed: 5, mix: MIX });
    expect(operations).toBe(300);
    expect(bucket.versions).toHaveLength(300);
    expect(bucket.versions.filter(({ content }) => content === null)).toHaveLength(deleted);
    expect(Object.keys(histories(bucket))).toHaveLength(created);
    expect(Object.keys(bucket.contents())).toHaveLength(created - deleted);
    expect(created + updated + deleted).toBe(operations);
    expect([created, updated, deleted].every((count) => count > 10)).toBe(true);
  });

  test('each key goes through creation, changes, deletion, in that order', async () => {
    const bucket = new VersionedBucket();
    await publish(bucket, { count: 400, seed: 11, mix: { create: 20, update: 60, delete: 20 } });
    for (const states of Object.values(histories(bucket))) {
      expect(states[0]).not.toBeNull();
      expect(states.slice(0, -1)).not.toContain(null);
      const documents = states.filter((state) => state !== null).map((state): Listing => JSON.parse(state));
      for (const [index, document] of documents.entries()) {
        const before = documents[index - 1];
        if (!before) continue;
        expect(document.listing_id).toBe(before.listing_id);
        expect(document.published_at).toBe(before.published_at);
        expect(Date.parse(document.updated_at)).toBeGreaterThan(Date.parse(before.updated_at));
        expect({ ...document, updated_at: '' }).not.toEqual({ ...before, updated_at: '' });
      }
    }
  });

  test('changes and deletes what an earlier run created, by reading it', async () => {
    const bucket = new VersionedBucket();
    await publish(bucket, { count: 20, mix: { create: 1 } });
    const before = bucket.contents();
    expect(await publish(bucket, { count: 15, mix: { update: 2, delete: 1 } })).toMatchObject({ created: 0, operations: 15 });
    expect(Object.keys(before)).toEqual(expect.arrayContaining(Object.keys(bucket.contents())));
    expect(new Set(bucket.reads).size).toBe(bucket.reads.length);
    const changed = Object.entries(bucket.contents()).filter(([key, text]) => before[key] !== text);
    expect(changed.length).toBeGreaterThan(0);
    for (const [key, text] of changed) expect(JSON.parse(text).published_at).toBe(JSON.parse(before[key] as string).published_at);
  });

  test('a second run with the same seed creates other listings', async () => {
    const bucket = new VersionedBucket();
    await publish(bucket, { count: 10, seed: 1, mix: { create: 1 } });
    await publish(bucket, { count: 10, seed: 1, mix: { create: 1 } });
    expect(Object.keys(bucket.contents())).toHaveLength(20);
    expect(bucket.versions).toHaveLength(20);
  });

  test('a listing that somebody else broke is written anew', async () => {
    const bucket = new VersionedBucket();
    await bucket.write('listings/lst_broken.json', '{"listing_id":', 'elsewhere');
    await publish(bucket, { count: 1, mix: { update: 1 } });
    expect(JSON.parse(bucket.current('listings/lst_broken.json') as string)).toMatchObject({ listing_id: 'lst_broken' });
  });

  test('ends early when nothing is left, and refuses to begin with nothing', async () => {
    const bucket = new VersionedBucket();
    await expect(publish(bucket, { count: 5, mix: { delete: 1 } })).rejects.toThrow('the bucket holds no listing');
    await publish(bucket, { count: 3, mix: { create: 1 } });
    expect(await publish(bucket, { count: 5, mix: { delete: 1 } })).toEqual({
      created: 0,
      updated: 0,
      deleted: 3,
      operations: 3,
      run_id: expect.any(String),
    });
  });

  test('writes many keys at a time, but never one key twice at a time', async () => {
    class SlowBucket extends VersionedBucket {
      busy = new Set<string>();
      most = 0;
      override async write(key: string, content: string, runId: string): Promise<void> {
        expect(this.busy).not.toContain(key);
        this.busy.add(key);
        this.most = Math.max(this.most, this.busy.size);
        await new Promise(setImmediate);
        await super.write(key, content, runId);
        this.busy.delete(key);
      }
    }
    const bucket = new SlowBucket();
    await publish(bucket, { count: 200, seed: 3, mix: { create: 1, update: 3 } });
    expect(bucket.most).toBe(16);
  });

  test('a write that fails ends the run with its error', async () => {
    class FullBucket extends VersionedBucket {
      override async write(key: string, content: string, runId: string): Promise<void> {
        if (this.versions.length === 5) throw new Error('the bucket is full');
        await super.write(key, content, runId);
      }
    }
    await expect(publish(new FullBucket(), { count: 50, mix: { create: 1 } })).rejects.toThrow('the bucket is full');
  });
});
