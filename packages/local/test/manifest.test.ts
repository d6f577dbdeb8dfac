import { projectRoot, systemNames } from '@lakewright/config';
import { payloadOf } from '../src/runs/lambda-run';
import { findRun, readManifest, validateManifest } from '../src/runs/manifest';

const good = {
  name: 'shop',
  runs: {
    feed: { kind: 'lambda', function: 'f', payload: { count: 5, fast: true, city: 'Oslo' }, options: ['count', 'fast', 'city'] },
    pipeline: { kind: 'pipeline', pipeline: 'shop' },
  },
  up: ['feed', 'pipeline'],
};

describe('the manifest of a system', () => {
  test('every system of the project has a valid one', () => {
    const names = systemNames(projectRoot());
    expect(names).toContain('listings');
    for (const name of names) expect(readManifest(projectRoot(), name).name).toBe(name);
  });

  test('fills in what is left out', () => {
    const manifest = validateManifest({ name: 'shop', runs: { feed: { kind: 'lambda', function: 'f' } }, up: [] }, 'shop');
    expect(findRun(manifest, 'feed')).toEqual({ kind: 'lambda', function: 'f', payload: {}, options: [], drain: false });
  });

  test.each([
    [{ ...good, name: 'store' }, 'name: must be the name of the folder, "shop" (got "store")'],
    [{ ...good, up: ['feed', 'dance'] }, 'up.1: must name one of the runs (got "dance")'],
    [{ ...good, colour: 'red' }, '(the manifest): Unrecognized key: "colour" (got colour)'],
    [
      { ...good, runs: { feed: { ...good.runs.feed, function: '' } }, up: [] },
      'runs.feed.function: must name a Lambda function (got "")',
    ],
    [
      { ...good, runs: { feed: { ...good.runs.feed, options: ['speed'] } }, up: [] },
      'runs.feed.options.0: must be a field of the payload, which holds its default (got "speed")',
    ],
    [{ ...good, freshness: 'freshness' }, 'freshness: must be schema.table (got "freshness")'],
    [
      { ...good, runs: { feed: { ...good.runs.feed, runIdField: '' } }, up: [] },
      'runs.feed.runIdField: must be the name of a field',
    ],
    [{ ...good, runs: { Feed: good.runs.feed }, up: [] }, 'runs.Feed: '],
  ])('names field, rule and value: %#', (document, message) => {
    expect(() => validateManifest(document, 'shop')).toThrow(message);
  });
});

describe('options of a run', () => {
  const run = findRun(validateManifest(good, 'shop'), 'feed') as Parameters<typeof payloadOf>[0];

  test('take the type of the default', () => {
    expect(payloadOf(run)).toEqual({ count: 5, fast: true, city: 'Oslo' });
    expect(payloadOf(run, { count: '12', fast: 'false', city: '7' })).toEqual({ count: 12, fast: false, city: '7' });
    expect(run.payload).toEqual({ count: 5, fast: true, city: 'Oslo' });
  });

  test('the run id goes where the manifest says, and nowhere else', () => {
    const withField = { ...run, runIdField: 'run_id' };
    expect(payloadOf(withField, {}, 'run-1')).toEqual({ count: 5, fast: true, city: 'Oslo', run_id: 'run-1' });
    expect(payloadOf(withField)).toEqual({ count: 5, fast: true, city: 'Oslo' });
    expect(payloadOf(run, {}, 'run-1')).toEqual({ count: 5, fast: true, city: 'Oslo' });
  });

  test.each([
    [{ count: '' }, 'option "count" must be a number (got "")'],
    [{ count: 'NaN' }, 'option "count" must be a number (got "NaN")'],
    [{ fast: 'yes' }, 'option "fast" must be a boolean (got "yes")'],
    [{ other: 1 }, 'this run takes no option "other"'],
  ])('%j is refused', (options, message) => {
    expect(() => payloadOf(run, options as never)).toThrow(message);
  });
});
