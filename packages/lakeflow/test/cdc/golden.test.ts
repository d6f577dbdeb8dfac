import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestLake } from '../support/lake';
import { plainRows } from '../support/plain-rows';
import { withSail } from '../support/sail';

/** See fixtures/autocdc.json: results of Apache Spark 4.3.0's own AUTO CDC; each batch is one update. */
interface Scenario {
  readonly name: string;
  readonly sql: string;
  readonly columns: string;
  readonly target_schema?: string;
  readonly batches: readonly (readonly Record<string, unknown>[])[];
}
interface Golden {
  readonly scenarios: readonly (Scenario & { readonly expected: readonly (readonly Record<string, unknown>[])[] })[];
  readonly errors: readonly (Scenario & { readonly error: { readonly batch: number } })[];
}

const golden = JSON.parse(readFileSync(join('packages/lakeflow/test/fixtures/autocdc.json'), 'utf8')) as Golden;

describe('AUTO CDC gives the tables that Apache Spark gives', () => {
  const sail = withSail();
  const lakeOf = ({ name, sql }: Scenario) => new TestLake(sail.engine, join(sail.folder, name), sql);

  test.each(golden.scenarios)('$name', async (scenario) => {
    const lake = lakeOf(scenario);
    for (const [index, batch] of scenario.batches.entries()) {
      await lake.append('source', scenario.columns, typed(scenario.columns, batch));
      await lake.update();
      expect(await lake.rows('target')).toEqual(plainRows(scenario.expected[index]!));
    }
    if (scenario.target_schema === undefined) return;
    const columns = await sail.engine.describe(`SELECT * FROM ${lake.relation('target')}`);
    expect(`struct<${columns.map(({ name, type }) => `${name}:${type}`).join(',')}>`).toBe(scenario.target_schema);
  });

  test.each(golden.errors)('$name fails and applies nothing of its batch', async (scenario) => {
    const lake = lakeOf(scenario);
    const bad = scenario.error.batch - 1;
    for (const [index, batch] of scenario.batches.slice(0, bad + 1).entries()) {
      await lake.append('source', scenario.columns, typed(scenario.columns, batch));
      if (index < bad) await lake.update();
    }
    const before = bad > 0 ? await lake.rows('target') : [];
    await expect(lake.update()).rejects.toMatchObject({ code: expect.stringMatching(/^LAKEFLOW_|^ENGINE_SQL/) });
    if (bad > 0) expect(await lake.rows('target')).toEqual(before);
  });
});

/** JSON has no BIGINT and no NaN. */
function typed(columns: string, rows: readonly Record<string, unknown>[]): readonly Record<string, unknown>[] {
  const isBigint = (name: string) => new RegExp(`\\b${name} BIGINT`).test(columns);
  const value = (name: string, given: unknown) => {
    if (given === 'NaN') return Number.NaN;
    return typeof given === 'number' && isBigint(name) ? BigInt(given) : given;
  };
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, given]) => [name, value(name, given)])));
}
