import { TestLake } from '../../../packages/local/test/support/glue-lake';
import { describeWithSpark } from '../../../test/support/spark';

/**
 * The jobs of silver over files as DMS writes them; what they must come to is folded here, without Spark: of each key the change with
 * the highest place, unless it is a removal.
 */
jest.setTimeout(240_000);

describeWithSpark('jobs of silver', () => {
  let lake: TestLake;
  beforeAll(async () => {
    lake = await TestLake.create('apps/certifications/glue', ['silver_table.py']);
  });
  afterAll(() => lake.close());

  /** A row as Spark tells it. */
  type LakeRow = Readonly<Record<string, unknown>>;
  /** What of a table's history is read; @default its latest commit. */
  interface Moment {
    readonly AT?: string;
    readonly SINCE?: string;
  }

  /** One captured change of a person; `at` is the second of its commit on a day in May, `n` its number in that second. */
  interface Change {
    readonly op: 'I' | 'U' | 'D';
    readonly at: string;
    readonly n: number;
    readonly id: number;
    readonly name: string;
    readonly balance: string;
  }

  const place = ({ at, n }: Pick<Change, 'at' | 'n'>) => `20260501${at.replaceAll(':', '')}${String(n).padStart(21, '0')}`;

  /** Change of a row; its name tells which one it was. */
  const change = (op: Change['op'], id: number, at: string, n = 1): Change => ({
    op,
    at,
    n,
    id,
    name: `${id} at ${at}/${n}`,
    balance: `${n}.50`,
  });

  const LOADED = [1, 2, 3, 4, 5, 6];
  /** Every change that was captured so far, in whatever order and however often. */
  let captured: Change[] = [];

  /** A system of its own for each test: bronze in `bronze/<table>/`, silver in `silver/<table>/`. */
  class Table {
    constructor(private readonly name: string) {}

    private get configuration() {
      const [SOURCE, TARGET] = [`s3://lake/bronze/${this.name}/`, `s3://lake/silver/${this.name}/`];
      return { TABLE: this.name, SOURCE, TARGET, KEY: 'id' };
    }

    async load(ids: readonly number[], at = '08:00:00'): Promise<void> {
      captured = [];
      await lake.put(
        `bronze/${this.name}/LOAD00000001.parquet`,
        `SELECT 'I' AS "Op", id, 'loaded ' || id AS name, 0.5::DECIMAL(10, 2) AS balance, TIMESTAMPTZ '2026-05-01 ${at}+00' AS committed_at,
         NULL::VARCHAR AS change_seq FROM unnest([${ids}]::BIGINT[]) AS t(id)`,
      );
      await lake.run('full_load', this.configuration);
    }

    /** A file that DMS wrote at a time of that day. */
    async capture(written: string, changes: readonly Change[], more = ''): Promise<void> {
      captured.push(...changes);
      const rows = changes.map(
        (each) =>
          `SELECT '${each.op}' AS "Op", ${each.id}::BIGINT AS id, '${each.name}' AS name, ${each.balance}::DECIMAL(10, 2) AS balance,
           TIMESTAMPTZ '2026-05-01 ${each.at}+00' AS committed_at, '${place(each)}' AS change_seq${more}`,
      );
      await lake.put(`bronze/${this.name}/20260501-${written.replaceAll(':', '')}000.parquet`, rows.join(' UNION ALL '));
    }

    /** How many changes made a difference, as the job prints it. */
    async apply(): Promise<number> {
      return Number(/: (\d+) changes/.exec(await lake.run('cdc', this.configuration))?.[1]);
    }

    /** Rows by the system's own job for it. */
    async read({ AT = 'latest', SINCE = 'beginning' }: Moment = {}): Promise<LakeRow[]> {
      const printed = await lake.run('table_history', { SILVER: 's3://lake/silver/', TABLE: this.name, AT, SINCE });
      const lines = printed.split('\n').filter((line) => line.startsWith('{'));
      return lines.map((line) => JSON.parse(line) as LakeRow);
    }

    async names(moment: Moment = {}): Promise<Record<number, unknown>> {
      return Object.fromEntries((await this.read(moment)).map(({ id, name }) => [id, name]));
    }

    async commits(): Promise<string[]> {
      return [...new Set((await this.read()).map((row) => String(row._hoodie_commit_time)))].sort();
    }
  }

  /** What the load and the changes so far come to. */
  function folded(loaded: readonly number[]): Record<number, string> {
    const last = new Map<number, Change>();
    for (const each of captured) {
      const before = last.get(each.id);
      if (!before || place(before) < place(each)) last.set(each.id, each);
    }
    const rows: Record<number, string> = Object.fromEntries(loaded.map((id) => [id, `loaded ${id}`]));
    for (const { id, op, name } of last.values()) {
      if (op === 'D') delete rows[id];
      else rows[id] = name;
    }
    return rows;
  }

  test('changes of one second, doubled files and late ones come to what the fold of them comes to', async () => {
    const table = new Table('people');
    await table.load(LOADED);
    // One second: the place decides. A row that came and went; one that went and came again; a row changed twice.
    const first = [
      change('U', 1, '09:00:00', 2),
      change('U', 1, '09:00:00', 1),
      change('I', 7, '09:00:00', 3),
      change('D', 7, '09:00:00', 4),
      change('D', 2, '09:00:00', 5),
      change('I', 2, '09:00:00', 6),
      change('D', 3, '09:00:00', 7),
    ];
    await table.capture('09:00:05', first);
    expect(await table.apply()).toBe(3);
    expect(await table.names()).toEqual(folded(LOADED));
    // The same once more under a later name, as after a crash of the replication: nothing is written.
    await table.capture('09:01:00', first);
    expect(await table.apply()).toBe(0);
    // Late: older than what is there, for a row that is there, one that is gone, and one that has never been seen.
    await table.capture('09:02:00', [change('U', 1, '08:30:00'), change('U', 3, '08:30:00'), change('I', 8, '08:30:00')]);
    expect(await table.apply()).toBe(1);
    expect(await table.names()).toEqual(folded(LOADED));
    expect(folded(LOADED)).toEqual({
      1: '1 at 09:00:00/2',
      2: '2 at 09:00:00/6',
      4: 'loaded 4',
      5: 'loaded 5',
      6: 'loaded 6',
      8: '8 at 08:30:00/1',
    });
  });

  test('a change that is late by hours does not bring back what was removed since', async () => {
    const table = new Table('late');
    await table.load(LOADED);
    await table.capture('09:00:05', [change('D', 1, '09:00:00')]);
    await table.capture('14:00:05', [change('U', 2, '14:00:00')]);
    await table.apply();
    await table.capture('14:30:00', [change('U', 1, '08:30:00'), change('I', 9, '08:40:00')]);
    expect(await table.apply()).toBe(1);
    expect(await table.names()).toEqual(folded(LOADED));
  });

  test('a reload replaces all; changes of before it are not applied again', async () => {
    const table = new Table('reloaded');
    await table.load(LOADED);
    await table.capture('09:00:05', [change('I', 7, '09:00:00'), change('D', 1, '09:00:00', 2)]);
    await table.apply();
    await table.load([1, 2], '10:00:00');
    expect(await table.apply()).toBe(0);
    expect(await table.names()).toEqual({ 1: 'loaded 1', 2: 'loaded 2' });
    await table.capture('10:00:05', [change('I', 7, '10:00:00')]);
    expect(await table.apply()).toBe(1);
    expect(await table.names()).toEqual(folded([1, 2]));
  });

  test('a column that is added comes with the changes that have it, and goes without loss', async () => {
    const table = new Table('wider');
    await table.load([1, 2]);
    await table.capture('09:00:05', [change('U', 1, '09:00:00')], `, 'x' AS extra`);
    await table.apply();
    await table.capture('13:00:05', [change('U', 2, '13:00:00')]);
    await table.apply();
    const rows = await table.read();
    expect(Object.fromEntries(rows.map(({ id, extra = null }) => [id, extra]))).toEqual({ 1: 'x', 2: null });
    expect(await table.names()).toEqual(folded([1, 2]));
  });

  test('the table as it was, and what changed since: time travel and incremental queries', async () => {
    const table = new Table('history');
    await table.load([1, 2, 3]);
    const [loaded] = await table.commits();
    await table.capture('09:00:05', [change('U', 1, '09:00:00'), change('D', 2, '09:00:00', 2), change('I', 4, '09:00:00', 3)]);
    await table.apply();
    expect(Object.keys(await table.names())).toEqual(['1', '3', '4']);
    const [, applied] = await table.commits();
    await table.capture('10:00:05', [change('U', 3, '10:00:00')]);
    await table.apply();
    expect(await table.names({ AT: loaded })).toEqual({ 1: 'loaded 1', 2: 'loaded 2', 3: 'loaded 3' });
    expect(await table.names({ AT: applied })).toEqual({ 1: '1 at 09:00:00/1', 3: 'loaded 3', 4: '4 at 09:00:00/3' });
    expect(Object.keys(await table.names({ SINCE: loaded }))).toEqual(['1', '3', '4']);
    expect(Object.keys(await table.names({ SINCE: loaded, AT: applied }))).toEqual(['1', '4']);
  });
});
