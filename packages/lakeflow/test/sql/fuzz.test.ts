import { parsePipeline } from '../../src/sql';
import { checkMutations } from './mutations';

// npm run soak:parser does a hundred thousand and more.
test.each([1, 2, 3])('mutated statements are right or refused with their place (seed %i)', (seed) => {
  const { accepted, refused } = checkMutations(seed, 2000);
  expect(accepted).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(500);
});

test('brackets without end are refused, not followed down', () => {
  const deep = `CREATE TEMPORARY VIEW v AS SELECT ${'('.repeat(50_000)}1${')'.repeat(50_000)}`;
  expect(() => parsePipeline([{ path: 'f.sql', text: deep }], {})).toThrow('brackets nest more than 200 deep');
  const allowed = `CREATE TEMPORARY VIEW v AS SELECT ${'(SELECT '.repeat(150)}1${')'.repeat(150)}`;
  expect(parsePipeline([{ path: 'f.sql', text: allowed }], {})).toHaveLength(1);
});

test('a long file is read in one go', () => {
  const many = Array.from(
    { length: 300 },
    (_, n) =>
      `CREATE MATERIALIZED VIEW m${n} AS SELECT ${Array.from({ length: 100 }, (_, c) => `c${c} AS d${c}`).join(', ')} FROM t;`,
  );
  expect(parsePipeline([{ path: 'f.sql', text: many.join('\n') }], {})).toHaveLength(300);
});
