import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT_NAMES, projectRoot, STACK_KINDS, validateManifest } from '@lakewright/config';

const feed = { kind: 'lambda', function: 'f', payload: { count: 5 }, options: ['count'] };
const good = { name: 'shop', runs: { feed, pipeline: { kind: 'pipeline', pipeline: 'shop' } }, up: ['feed', 'pipeline'] };

test('fills in what is left out', () => {
  expect(validateManifest({ name: 'shop' }, 'shop')).toEqual({
    name: 'shop',
    environments: ENVIRONMENT_NAMES,
    stacks: STACK_KINDS,
    runs: {},
    up: [],
  });
  expect(validateManifest({ name: 'shop', runs: { feed: { kind: 'lambda', function: 'f' } } }, 'shop').runs.feed).toEqual({
    kind: 'lambda',
    function: 'f',
    payload: {},
    options: [],
    drain: false,
  });
});

test('keeps everything that is said', () => {
  const redrive = { kind: 'redrive', function: 'f' };
  const copy = { kind: 'replication', task: 'shop-task' };
  const whole = {
    ...good,
    environments: ['dev'],
    stacks: ['aws'],
    runs: { feed: { ...feed, runIdField: 'run_id', drain: true, replication: 'shop-task' }, redrive, copy },
    up: ['feed'],
    freshness: 'gold.freshness',
  };
  expect(validateManifest(whole, 'shop')).toEqual(whole);
});

test('that of the template holds', () => {
  const template = JSON.parse(readFileSync(join(projectRoot(), 'apps/_template/system.json'), 'utf8'));
  expect(validateManifest(template, 'newsystem').up).toEqual(['write', 'pipeline']);
});

test.each([
  [{ ...good, name: 'store' }, 'name: must be the name of the folder, "shop" (got "store")'],
  [{ ...good, name: 'my_shop' }, 'name: must be 2 to 20 lower-case letters and digits'],
  [{ ...good, environments: ['moon'] }, 'environments.0: '],
  [{ ...good, environments: [] }, 'environments: must name an environment (got [])'],
  [{ ...good, stacks: ['databricks'] }, 'stacks: must name "aws": a system\'s buckets lie there'],
  [{ ...good, stacks: ['aws', 'azure'] }, 'stacks.1: '],
  [{ ...good, up: ['feed', 'dance'] }, 'up.1: must name one of the runs (got "dance")'],
  [{ ...good, up: ['toString'] }, 'up.0: must name one of the runs (got "toString")'],
  [{ ...good, colour: 'red' }, '(the manifest): Unrecognized key: "colour" (got colour)'],
  [{ ...good, runs: { feed: { ...feed, function: '' } }, up: [] }, 'runs.feed.function: must name a Lambda function (got "")'],
  [
    { ...good, runs: { feed: { ...feed, options: ['speed'] } }, up: [] },
    'runs.feed.options.0: must be a field of the payload, which holds its default (got "speed")',
  ],
  [
    { ...good, runs: { feed: { ...feed, payloadFile: 'count.json' } }, up: [] },
    'runs.feed.payloadFile: must be left out beside payload (got "count.json")',
  ],
  [
    { ...good, runs: { feed: { kind: 'lambda', function: 'f', payloadFile: '../other/count.json' } }, up: [] },
    'runs.feed.payloadFile: must be a JSON file in the folder of the system (got "../other/count.json")',
  ],
  [{ ...good, freshness: 'freshness' }, 'freshness: must be schema.table (got "freshness")'],
  [{ ...good, runs: { feed: { ...feed, runIdField: '' } }, up: [] }, 'runs.feed.runIdField: must be the name of a field'],
  [{ ...good, runs: { Feed: feed }, up: [] }, 'runs.Feed: '],
])('names file, field, rule and value: %#', (document, message) => {
  expect(() => validateManifest(document, 'shop')).toThrow(message);
  expect(() => validateManifest(document, 'shop')).toThrow('apps/shop/system.json is not valid:');
  expect(() => validateManifest(document, 'shop')).toThrow(expect.objectContaining({ code: 'CONFIG_MANIFEST' }));
});
