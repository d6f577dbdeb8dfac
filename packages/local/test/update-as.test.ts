import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { query } from '../src';
import { runPipeline, validateDeployedPipeline } from '../src/runs/pipeline-run';
import { deployed, errorOf, type GovernedHome, governedHome, grants, OWNER, SP } from './support/governed-home';
import type { TestResource } from './support/state';

let home: GovernedHome;

beforeAll(async () => {
  home = await governedHome();
});
afterAll(() => home?.dispose());

describe('an update of a pipeline', () => {
  const SOURCE = `
    CREATE OR REFRESH STREAMING TABLE shop.bronze.copies AS SELECT * FROM STREAM other.bronze.raw;
    CREATE OR REFRESH MATERIALIZED VIEW shop.gold.totals AS SELECT count(*) AS n FROM shop.bronze.copies;`;
  const pipeline: TestResource = [
    'databricks_pipeline',
    'copies',
    {
      name: 'copies',
      catalog: 'shop',
      schema: 'bronze',
      configuration: {},
      library: [{ file: [{ path: '/Workspace/copies.sql' }] }],
      event_log: [{ name: 'log', schema: 'bronze', catalog: 'shop' }],
      run_as: [{ service_principal_name: SP, user_name: null }],
    },
  ];
  const enough = [
    grants('shop', { catalog: 'shop' }, { [SP]: ['USE_CATALOG'], analysts: ['USE_CATALOG'] }),
    grants('other', { catalog: 'other' }, { [SP]: ['USE_CATALOG', 'USE_SCHEMA', 'SELECT'] }),
    grants('bronze', { schema: 'shop.bronze' }, { [SP]: ['USE_SCHEMA', 'CREATE_TABLE'] }),
    grants(
      'gold',
      { schema: 'shop.gold' },
      { [SP]: ['USE_SCHEMA', 'CREATE_MATERIALIZED_VIEW'], analysts: ['USE_SCHEMA', 'SELECT'] },
    ),
  ];

  beforeAll(() => {
    mkdirSync(home.paths.workspace, { recursive: true });
    writeFileSync(join(home.paths.workspace, 'copies.sql'), SOURCE);
  });

  test('that may not do all of it does none of it, and all that is lacking is told', async () => {
    await home.deploy([...deployed(), pipeline]);
    const error = await errorOf(runPipeline(home, 'copies'));
    expect(error.code).toBe('CATALOG_DENIED');
    expect(error.message).toContain(`the pipeline copies runs as ${SP}`);
    expect(error.message.match(/does not have .*?\./g)).toEqual([
      "does not have USE CATALOG on Catalog 'other'.",
      "does not have USE SCHEMA on Schema 'other.",
      "does not have SELECT on Table 'other.",
      "does not have USE SCHEMA on Schema 'shop.",
      "does not have CREATE TABLE on Schema 'shop.",
      "does not have USE SCHEMA on Schema 'shop.",
      "does not have CREATE MATERIALIZED VIEW on Schema 'shop.",
    ]);
    expect((await errorOf(validateDeployedPipeline(home, 'copies'))).code).toBe('CATALOG_DENIED');
    expect(readdirSync(home.paths.lake).sort()).toEqual(['other', 'shop']);
    expect((await query(home, 'SHOW TABLES IN shop.bronze')).rows).toHaveLength(1);
  });

  test("makes tables that are its principal's, and tells where they came from", async () => {
    await home.deploy([...deployed('shop', 'gold'), ...enough, pipeline]);
    const { update } = await runPipeline(home, 'copies');
    expect(await home.rowsAs('analysts', 'SELECT n FROM shop.gold.totals')).toEqual([{ n: 1n }]);
    const owners = `SELECT table_name, table_owner, table_type FROM shop.information_schema.tables WHERE table_owner <> '${OWNER}'`;
    expect((await query(home, `${owners} ORDER BY table_name`)).rows).toEqual([
      { table_name: 'copies', table_owner: SP, table_type: 'STREAMING_TABLE' },
      { table_name: 'log', table_owner: SP, table_type: 'MANAGED' },
      { table_name: 'totals', table_owner: SP, table_type: 'MATERIALIZED_VIEW' },
    ]);
    const lineage = `SELECT source_table_full_name AS s, target_table_full_name AS t FROM system.access.table_lineage WHERE entity_run_id = '${update.update}'`;
    expect((await query(home, `${lineage} ORDER BY t`)).rows).toEqual([
      { s: 'other.bronze.raw', t: 'shop.bronze.copies' },
      { s: 'shop.bronze.copies', t: 'shop.gold.totals' },
    ]);
    expect(await home.rowsAs('pipeline_sp', 'SELECT id FROM shop.bronze.copies')).toEqual([{ id: 3 }]);
  });

  test('goes on with its own tables when CREATE TABLE is gone, and not without the source', async () => {
    const grantsOf = (name: string) => enough.filter(([, each]) => each !== name);
    const use = grants('bronze', { schema: 'shop.bronze' }, { [SP]: ['USE_SCHEMA'] });
    await home.deploy([...deployed('shop', 'gold'), ...grantsOf('bronze'), use, pipeline]);
    await expect(runPipeline(home, 'copies')).resolves.toMatchObject({ update: { datasets: expect.any(Array) } });
    await home.deploy([...deployed('shop', 'gold'), ...grantsOf('other'), pipeline]);
    expect((await errorOf(runPipeline(home, 'copies'))).message).toContain("SELECT on Table 'other.bronze.raw'");
  });

  test("takes nobody else's table, though it could replace it by a full refresh", async () => {
    writeFileSync(
      join(home.paths.workspace, 'copies.sql'),
      'CREATE OR REFRESH MATERIALIZED VIEW shop.gold.sales AS SELECT 1 AS id',
    );
    await home.deploy([...deployed('shop', 'gold'), ...enough, pipeline]);
    const error = await errorOf(runPipeline(home, 'copies', { fullRefresh: 'all' }));
    expect(error.message).toContain("User does not have MANAGE on Table 'shop.gold.sales'.");
    expect((await query(home, 'SELECT secret FROM shop.gold.sales')).rows).toEqual([{ secret: 'open' }]);
    expect((await errorOf(home.rowsAs('pipeline_sp', 'SELECT id FROM shop.gold.sales'))).code).toBe('CATALOG_DENIED');
  });

  test('reads files of locations and volumes that it was granted', async () => {
    const read = (path: string) =>
      `CREATE OR REFRESH STREAMING TABLE shop.bronze.files AS SELECT * FROM STREAM read_files('${path}', format => 'json', schema => 'a INT')`;
    const location: TestResource = [
      'databricks_external_location',
      'inbox',
      { name: 'inbox', url: 's3://inbox/in', owner: OWNER },
    ];
    const validate = async (path: string, ...more: readonly TestResource[]) => {
      writeFileSync(join(home.paths.workspace, 'copies.sql'), read(path));
      await home.deploy([...deployed('shop', 'gold'), ...enough, location, pipeline, ...more]);
      return validateDeployedPipeline(home, 'copies');
    };
    const message = async (path: string) => (await errorOf(validate(path))).message;
    expect(await message('s3://inbox/in/today')).toContain("READ FILES on External Location 'inbox'");
    expect(await message('s3://inbox/inner/today')).toContain("READ FILES on External Location 's3://inbox/inner/today'");
    expect(await message('s3://inbox/in/../out')).toContain("READ FILES on External Location 's3://inbox/in/../out'");
    expect(await message('/etc')).toContain("READ FILES on External Location '/etc'");
    expect(await message('/Volumes/shop/bronze/landing/x')).toContain("READ VOLUME on Volume 'shop.bronze.landing'");
    const granted = grants('inbox', { external_location: 'inbox' }, { [SP]: ['READ_FILES'] });
    expect(await validate('s3://inbox/in/today', granted)).toMatchObject({ datasets: [{ status: 'valid' }] });
  });
});
