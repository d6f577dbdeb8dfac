import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, pythonExecutable } from '@lakewright/config';
import { connectEngine, type SailServer, startSail } from '@lakewright/lakeflow/engine';
import { query, queryAll, readDeployment, readStatements, reconcile } from '../src';
import { runPipeline, validateDeployedPipeline } from '../src/runs/pipeline-run';
import { type TestHome, testHome } from './support/home';
import { stateOf, type TestResource } from './support/state';

const SP = '00000000-0000-4000-8000-00000000005a';
const OWNER = 'deployer@example.com';

let home: TestHome;
let sail: SailServer;

beforeAll(async () => {
  home = await testHome();
  mkdirSync(home.paths.lake, { recursive: true });
  sail = await startSail({
    python: pythonExecutable(projectRoot()),
    port: home.ports.engine,
    env: {},
    logFile: join(home.paths.home, 'sail.log'),
    cwd: home.paths.home,
  });
  const engine = await connectEngine({ port: home.ports.engine });
  const table = (name: string, sql: string) => engine.appendDelta(sql, join(home.paths.lake, ...name.split('.')), 'm');
  await table('shop.gold.sales', "SELECT 1 AS id, 'open' AS secret");
  await table('shop.gold.stock', 'SELECT 7 AS id');
  await table('shop.bronze.raw', "SELECT 2 AS id, 'hidden' AS secret");
  await table('other.bronze.raw', "SELECT 3 AS id, 'hidden' AS secret");
  await engine.close();
  writeFileSync(join(home.paths.home, 'secret.csv'), 'hidden\n');
  await deploy(base());
});
afterAll(async () => {
  await sail?.stop();
  await home?.dispose();
});

type Grants = Readonly<Record<string, readonly string[]>>;

function grants(name: string, securable: Readonly<Record<string, string>>, given: Grants): TestResource {
  const grant = Object.entries(given).map(([principal, privileges]) => ({ principal, privileges }));
  return ['databricks_grants', name, { ...securable, grant }];
}

function base(): TestResource[] {
  const catalog = (name: string): TestResource => ['databricks_catalog', name, { name, owner: OWNER, force_destroy: true }];
  const schema = (catalog_name: string, name: string): TestResource => [
    'databricks_schema',
    `${catalog_name}_${name}`,
    { catalog_name, name, owner: OWNER, force_destroy: true },
  ];
  return [
    catalog('shop'),
    catalog('other'),
    schema('shop', 'gold'),
    schema('shop', 'bronze'),
    schema('other', 'bronze'),
    grants('shop', { catalog: 'shop' }, { analysts: ['USE_CATALOG'], [SP]: ['USE_CATALOG'] }),
    grants('gold', { schema: 'shop.gold' }, { analysts: ['USE_SCHEMA', 'SELECT'] }),
    grants('stock', { table: 'shop.gold.stock' }, { analysts: ['MODIFY'] }),
  ];
}

async function deploy(resources: readonly TestResource[]) {
  return reconcile(home, readDeployment(home, [stateOf('databricks-shop', '.', resources)]));
}

async function rowsAs(principal: string, sql: string): Promise<readonly unknown[]> {
  return (await query(home, sql, { principal })).rows;
}

async function errorOf(action: Promise<unknown>): Promise<{ code: string; message: string; hint: string }> {
  return action.then(
    (result) => Promise.reject(new Error(`it was let through: ${JSON.stringify(result)}`)),
    (error) => error,
  );
}

describe('lakewright sql as a principal', () => {
  test('gives what is granted', async () => {
    expect(await rowsAs('analysts', 'SELECT id, secret FROM shop.gold.sales')).toEqual([{ id: 1, secret: 'open' }]);
    expect(await rowsAs('analysts', 'WITH raw AS (SELECT id FROM SHOP.gold.sales) SELECT raw.id FROM raw')).toEqual([{ id: 1 }]);
    expect(await rowsAs('analysts', 'SELECT Sales.id FROM shop.GOLD.Sales /* /* */ */')).toEqual([{ id: 1 }]);
    expect(await rowsAs('analysts', 'SELECT 1 AS one -- \\\nUNION ALL SELECT value FROM text.`/etc/hostname`')).toEqual([
      { one: 1 },
    ]);
  });

  test('denies what is not, in the words of the platform, and says where the grant is written', async () => {
    const error = await errorOf(rowsAs('analysts', 'SELECT * FROM shop.bronze.raw'));
    expect(error.code).toBe('CATALOG_DENIED');
    expect(error.message).toBe(
      [
        '[INSUFFICIENT_PERMISSIONS] Insufficient privileges:',
        "User does not have USE SCHEMA on Schema 'shop.bronze'.",
        "User does not have SELECT on Table 'shop.bronze.raw'. SQLSTATE: 42501",
      ].join('\n'),
    );
    expect(error.hint).toContain('databricks_grants');
    expect((await errorOf(rowsAs('analysts', 'SELECT * FROM shop.gold.nothing'))).message).toContain('TABLE_OR_VIEW_NOT_FOUND');
  });

  test('lets the admin do everything', async () => {
    expect((await query(home, 'SELECT secret FROM shop.bronze.raw')).rows).toEqual([{ secret: 'hidden' }]);
  });
});

/** Ways around the check that somebody might try; none may give a row, and none may be an error of the engine. */
const ATTEMPTS: readonly string[] = [
  'SELECT * FROM `shop`.`bronze`.`raw`',
  'SELECT * FROM SHOP.BRONZE.RAW',
  'SELECT * FROM other.bronze.raw',
  'SELECT * FROM shop.gold.sales, shop.bronze.raw',
  'SELECT * FROM shop.gold.sales s JOIN shop.bronze.raw r ON s.id < r.id',
  'SELECT (SELECT max(secret) FROM shop.bronze.raw) AS s',
  'SELECT * FROM shop.gold.sales WHERE EXISTS (SELECT 1 FROM shop.bronze.raw)',
  'SELECT * FROM shop.gold.sales WHERE id IN (SELECT id FROM shop.bronze.raw)',
  'SELECT count(*) FROM shop.gold.sales GROUP BY id HAVING max(id) < (SELECT max(id) FROM shop.bronze.raw)',
  'SELECT id FROM shop.gold.sales ORDER BY (SELECT max(id) FROM shop.bronze.raw)',
  'SELECT id FROM shop.gold.sales LIMIT (SELECT 1 FROM shop.bronze.raw)',
  'SELECT id FROM shop.gold.sales UNION ALL SELECT id FROM shop.bronze.raw',
  '(SELECT id FROM shop.gold.sales) EXCEPT (SELECT id FROM shop.bronze.raw)',
  'TABLE shop.bronze.raw',
  'SELECT id FROM shop.gold.sales UNION TABLE shop.bronze.raw',
  'SELECT * FROM VALUES ((SELECT max(secret) FROM shop.bronze.raw)) AS t(s)',
  'WITH raw AS (SELECT * FROM shop.bronze.raw) SELECT * FROM raw',
  'WITH `shop.bronze.raw` AS (SELECT 1 AS id) SELECT * FROM shop.bronze.raw',
  'WITH raw AS (SELECT 1 AS id) SELECT * FROM shop.bronze.raw',
  'WITH shop AS (SELECT 1 AS id) SELECT * FROM shop, shop.bronze.raw',
  'SELECT * FROM (SELECT * FROM (shop.bronze.raw))',
  'SELECT * FROM shop.gold.sales, LATERAL (SELECT secret FROM shop.bronze.raw)',
  'SELECT * FROM shop.gold.sales LATERAL VIEW explode(array((SELECT max(secret) FROM shop.bronze.raw))) e AS x',
  'SELECT sum(id) OVER (ORDER BY id ROWS BETWEEN (SELECT max(id) FROM shop.bronze.raw) PRECEDING AND CURRENT ROW) FROM shop.gold.sales',
  'SELECT sum(id) OVER (PARTITION BY (SELECT max(id) FROM shop.bronze.raw)) FROM shop.gold.sales',
  'SELECT sum(id) FILTER (WHERE id IN (SELECT id FROM shop.bronze.raw)) FROM shop.gold.sales',
  'SELECT transform(array(1), x -> (SELECT max(id) FROM shop.bronze.raw)) FROM shop.gold.sales',
  'SELECT CASE WHEN true THEN (SELECT max(secret) FROM shop.bronze.raw) END',
  'SELECT CAST((SELECT max(secret) FROM shop.bronze.raw) AS STRING)',
  'SELECT array(1)[(SELECT max(id) FROM shop.bronze.raw)]',
  'SELECT extract(DAY FROM (SELECT max(current_date()) FROM shop.bronze.raw))',
  'SELECT * FROM (SELECT * FROM shop.gold.sales) PIVOT (max((SELECT max(id) FROM shop.bronze.raw)) FOR id IN (1))',
  'SELECT * FROM shop.gold.sales TABLESAMPLE ((SELECT 1 FROM shop.bronze.raw) ROWS)',
  'SELECT * FROM shop.bronze.raw VERSION AS OF 0',
  "SELECT * FROM shop.bronze.raw TIMESTAMP AS OF '2999-01-01'",
  'SELECT * FROM shop.bronze.raw@v0',
  "SELECT * FROM table_changes('shop.bronze.raw', 0)",
  "SELECT * FROM IDENTIFIER('shop.bronze.raw')",
  "SELECT * FROM IDENTIFIER('shop.bronze' || '.raw')",
  'SELECT * FROM delta.`{lake}/shop/bronze/raw`',
  'SELECT * FROM DELTA.`file://{lake}/shop/bronze/raw`',
  'SELECT * FROM `delta`.`{lake}/shop/bronze/raw`',
  'SELECT * FROM spark_catalog.delta.`{lake}/shop/bronze/raw`',
  'SELECT * FROM parquet.`{lake}/shop/bronze/raw`',
  'SELECT * FROM text.`{home}/secret.csv`',
  'SELECT * FROM csv.`{home}/secret.csv`',
  "SELECT * FROM read_files('{home}/secret.csv')",
  "SELECT * FROM text.'{home}/secret.csv'",
  "SELECT * FROM 'text.{home}/secret.csv'",
  'SELECT 1 /* /* */ UNION ALL SELECT value FROM text.`{home}/secret.csv` -- */ */',
  "SELECT r'\\' UNION ALL SELECT value FROM text.`{home}/secret.csv` --'",
  "SELECT e'\\' UNION ALL SELECT value FROM text.`{home}/secret.csv` --'",
  'SELECT $$ $$ UNION ALL SELECT value FROM text.`{home}/secret.csv`',
  'EXPLAIN SELECT * FROM shop.bronze.raw',
  'EXPLAIN EXTENDED SELECT * FROM text.`{home}/secret.csv`',
  'DESCRIBE shop.bronze.raw',
  'DESCRIBE TABLE EXTENDED shop.bronze.raw',
  'DESCRIBE HISTORY shop.gold.sales',
  'DESCRIBE QUERY SELECT * FROM shop.bronze.raw',
  'SHOW CREATE TABLE shop.bronze.raw',
  'SHOW COLUMNS IN shop.bronze.raw',
  'SHOW PARTITIONS shop.bronze.raw',
  'SHOW TBLPROPERTIES shop.bronze.raw',
  'CREATE TABLE shop.gold.mine AS SELECT * FROM shop.bronze.raw',
  'CREATE TABLE mine AS SELECT * FROM shop.gold.sales',
  "CREATE TABLE mine USING delta LOCATION '{lake}/shop/bronze/raw'",
  "CREATE TEMPORARY VIEW mine USING csv OPTIONS (path '{home}/secret.csv')",
  'CREATE OR REPLACE TEMPORARY VIEW mine AS SELECT * FROM shop.bronze.raw',
  'CREATE VIEW shop.gold.mine AS SELECT * FROM shop.bronze.raw',
  'CREATE FUNCTION shop.gold.f() RETURNS STRING RETURN (SELECT max(secret) FROM shop.bronze.raw)',
  'SELECT shop.gold.f()',
  'INSERT INTO shop.gold.stock SELECT id FROM shop.bronze.raw',
  "INSERT INTO shop.gold.sales SELECT 9, 'mine'",
  "INSERT OVERWRITE shop.gold.sales SELECT 9, 'mine'",
  "INSERT OVERWRITE DIRECTORY '{home}/out' USING csv SELECT * FROM shop.gold.sales",
  "INSERT INTO delta.`{lake}/shop/gold/sales` SELECT 9, 'mine'",
  'INSERT INTO shop.gold.stock PARTITION (id = (SELECT max(id) FROM shop.bronze.raw)) SELECT 1',
  'MERGE INTO shop.gold.sales USING shop.bronze.raw ON false WHEN NOT MATCHED THEN INSERT *',
  'UPDATE shop.gold.sales SET secret = (SELECT max(secret) FROM shop.bronze.raw)',
  'DELETE FROM shop.gold.sales',
  'DROP TABLE shop.gold.sales',
  'TRUNCATE TABLE shop.gold.sales',
  'ALTER TABLE shop.gold.sales ADD COLUMN x INT',
  "COPY INTO shop.gold.stock FROM '{home}/secret.csv' FILEFORMAT = CSV",
  "LOAD DATA INPATH '{home}/secret.csv' INTO TABLE shop.gold.stock",
  'SET spark.sql.catalog.x = y',
  'USE shop.bronze',
  'SELECT * FROM raw',
  'SELECT * FROM bronze.raw',
  'CACHE TABLE mine AS SELECT * FROM shop.bronze.raw',
  'REFRESH TABLE shop.bronze.raw',
  "SELECT reflect('java.lang.System', 'getenv', 'PATH')",
  'SELECT current_user()',
  'FROM shop.bronze.raw SELECT *',
  'FROM shop.bronze.raw |> SELECT *',
  'SELECT 1; SELECT * FROM shop.bronze.raw',
  'BEGIN SELECT * FROM shop.bronze.raw; END',
  "EXECUTE IMMEDIATE 'SELECT * FROM shop.bronze.raw'",
  'SELECT * FROM system.access.audit',
  'SELECT * FROM system.access.table_lineage',
  'SELECT * FROM other.information_schema.tables',
  'GRANT SELECT ON SCHEMA shop.bronze TO analysts',
  'REVOKE SELECT ON SCHEMA shop.gold FROM analysts',
  'SHOW GRANTS ON TABLE shop.bronze.raw',
];

test.each(ATTEMPTS)('no way around: %s', async (attempt) => {
  const sql = attempt.replaceAll('{lake}', home.paths.lake).replaceAll('{home}', home.paths.home);
  const error = await errorOf(rowsAs('analysts', sql));
  expect(error.code).toMatch(/^(?:CATALOG_|LAKEFLOW_SYNTAX|LAKEFLOW_UNSUPPORTED)/);
});

test('rows go in where MODIFY is granted, and lineage tells from where', async () => {
  await rowsAs('analysts', 'INSERT INTO shop.gold.stock (id) SELECT id + 100 FROM shop.gold.sales');
  expect(await rowsAs('analysts', 'SELECT id FROM shop.gold.stock ORDER BY id')).toEqual([{ id: 7 }, { id: 101 }]);
  const { rows } = await query(
    home,
    'SELECT source_table_full_name AS s, target_table_full_name AS t, created_by AS b FROM system.access.table_lineage',
  );
  expect(rows).toEqual([{ s: 'shop.gold.sales', t: 'shop.gold.stock', b: 'analysts' }]);
});

test('statements of a file share their temporary views, and nothing that was not allowed', async () => {
  const run = async (...statements: readonly string[]) => {
    const file = join(home.paths.home, 'statements.sql');
    writeFileSync(file, statements.join(';\n'));
    const results: unknown[] = [];
    await queryAll(home, readStatements(file), ({ rows }) => results.push(rows), { principal: 'analysts' });
    return results.at(-1);
  };
  expect(await run('CREATE TEMP VIEW mine AS SELECT id + 1 AS n FROM shop.gold.sales', 'SELECT n FROM mine')).toEqual([{ n: 2 }]);
  const denied = await errorOf(run('CREATE TEMP VIEW mine AS SELECT 1 AS n', 'SELECT * FROM mine, shop.bronze.raw'));
  expect(denied.code).toBe('CATALOG_DENIED');
});

describe('the catalog as a principal sees it', () => {
  const column = async (sql: string, principal = 'analysts') =>
    (await rowsAs(principal, sql)).map((row) => Object.values(row as object)[0]);

  test('by SHOW', async () => {
    expect(await column('SHOW CATALOGS')).toEqual(['shop']);
    expect(await column('SHOW SCHEMAS IN shop')).toEqual(['gold']);
    expect((await query(home, 'SHOW SCHEMAS IN shop')).rows).toEqual([{ databaseName: 'bronze' }, { databaseName: 'gold' }]);
    expect(await rowsAs('analysts', "SHOW TABLES IN shop.gold LIKE 'sa*'")).toEqual([
      { database: 'gold', tableName: 'sales', isTemporary: 'false' },
    ]);
    expect(await column('SHOW TABLES IN shop.bronze')).toEqual([]);
    expect(await rowsAs('analysts', 'SHOW GRANTS ON TABLE shop.gold.stock')).toEqual([
      { Principal: 'analysts', ActionType: 'MODIFY', ObjectType: 'TABLE', ObjectKey: 'shop.gold.stock' },
      { Principal: 'analysts', ActionType: 'SELECT', ObjectType: 'SCHEMA', ObjectKey: 'shop.gold' },
    ]);
    expect(await rowsAs('data_engineers', 'SHOW CATALOGS')).toEqual([]);
  });

  test('by information_schema, which may be joined with tables', async () => {
    expect(await column('SELECT table_name FROM system.information_schema.tables ORDER BY table_name')).toEqual([
      'sales',
      'stock',
    ]);
    expect(
      await column(
        "SELECT column_name FROM shop.information_schema.columns WHERE table_name = 'sales' ORDER BY ordinal_position",
      ),
    ).toEqual(['id', 'secret']);
    expect(
      await column(
        'SELECT t.table_owner FROM shop.information_schema.tables t JOIN shop.gold.sales s ON t.table_name = s.secret OR s.id = 1 LIMIT 1',
      ),
    ).toEqual([OWNER]);
    const privileges = 'SELECT grantee, privilege_type, inherited_from FROM shop.information_schema.table_privileges';
    expect(await rowsAs('analysts', `${privileges} ORDER BY privilege_type`)).toEqual([
      { grantee: 'analysts', privilege_type: 'MODIFY', inherited_from: 'NONE' },
      { grantee: 'analysts', privilege_type: 'SELECT', inherited_from: 'SCHEMA' },
      { grantee: 'analysts', privilege_type: 'SELECT', inherited_from: 'SCHEMA' },
    ]);
    for (const view of [
      'catalogs',
      'schemata',
      'views',
      'volumes',
      'catalog_privileges',
      'schema_privileges',
      'volume_privileges',
    ])
      await expect(query(home, `SELECT * FROM system.information_schema.${view}`)).resolves.toMatchObject({
        rows: expect.any(Array),
      });
  });

  test('by DESCRIBE', async () => {
    expect(await rowsAs('analysts', 'DESCRIBE TABLE shop.gold.stock')).toEqual([
      { col_name: 'id', data_type: 'int', comment: null },
    ]);
  });
});

test('the audit log has who did what, and what was denied; a line that was cut off disturbs nobody', async () => {
  await errorOf(rowsAs('analysts', 'SELECT 5 AS five FROM shop.bronze.raw'));
  appendFileSync(join(home.paths.home, 'catalog/audit.jsonl'), '{"id": "cut');
  const audited =
    "SELECT user_identity.email AS who, response.status_code AS status, request_params['commandText'] AS text FROM system.access.audit";
  const { rows } = await query(home, `${audited} WHERE request_params['commandText'] LIKE 'SELECT 5%'`);
  expect(rows).toEqual([{ who: 'analysts', status: 403, text: 'SELECT 5 AS five FROM shop.bronze.raw' }]);
  const changes = await query(home, "SELECT count(*) AS n FROM system.access.audit WHERE action_name = 'updatePermissions'");
  expect(changes.rows).toEqual([{ n: 3n }]);
});

describe('deploying grants', () => {
  test('again changes nothing; taking a resource away takes its grants away; a moved one keeps them', async () => {
    expect((await deploy(base())).outcomes.filter(({ outcome }) => outcome !== 'unchanged')).toEqual([]);
    await deploy(base().filter(([, name]) => name !== 'gold'));
    expect((await errorOf(rowsAs('analysts', 'SELECT * FROM shop.gold.sales'))).code).toBe('CATALOG_DENIED');
    await deploy(base());
    expect(await rowsAs('analysts', 'SELECT id FROM shop.gold.sales')).toEqual([{ id: 1 }]);
    await deploy(base().map(([type, name, values]) => [type, name === 'gold' ? 'moved' : name, values]));
    expect(await rowsAs('analysts', 'SELECT id FROM shop.gold.sales')).toEqual([{ id: 1 }]);
  });

  test('refuses a privilege that the securable cannot bear, and securables that are not governed', async () => {
    const wrong = grants('wrong', { schema: 'shop.gold' }, { analysts: ['READ_FILES'] });
    expect(await errorOf(deploy([...base(), wrong]))).toMatchObject({
      code: 'CATALOG_PRIVILEGE',
      message: "Schema 'shop.gold': Privilege READ FILES is not applicable to this entity [SCHEMA]",
    });
    const share = grants('share', { share: 'all' }, { analysts: ['SELECT'] });
    expect((await errorOf(deploy([...base(), share]))).code).toBe('LOCAL_GRANTS_SECURABLE');
    await deploy(base());
  });

  test('takes those of one principal too, beside the others', async () => {
    const one: TestResource = [
      'databricks_grant',
      'one',
      { schema: 'shop.bronze', principal: 'analysts', privileges: ['ALL_PRIVILEGES'] },
    ];
    await deploy([...base(), one]);
    expect(await rowsAs('analysts', 'SELECT secret FROM shop.bronze.raw')).toEqual([{ secret: 'hidden' }]);
    await deploy(base());
    expect((await errorOf(rowsAs('analysts', 'SELECT secret FROM shop.bronze.raw'))).code).toBe('CATALOG_DENIED');
  });
});

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
  const without = (...names: readonly string[]) => base().filter(([, name]) => !names.includes(name));

  beforeAll(() => {
    mkdirSync(home.paths.workspace, { recursive: true });
    writeFileSync(join(home.paths.workspace, 'copies.sql'), SOURCE);
  });

  test('that may not do all of it does none of it, and all that is lacking is told', async () => {
    await deploy([...base(), pipeline]);
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
    await deploy([...without('shop', 'gold'), ...enough, pipeline]);
    const { update } = await runPipeline(home, 'copies');
    expect(await rowsAs('analysts', 'SELECT n FROM shop.gold.totals')).toEqual([{ n: 1n }]);
    const owners = `SELECT table_name, table_owner, table_type FROM shop.information_schema.tables WHERE table_owner <> '${OWNER}'`;
    expect((await query(home, `${owners} ORDER BY table_name`)).rows).toEqual([
      { table_name: 'copies', table_owner: SP, table_type: 'STREAMING_TABLE' },
      { table_name: 'totals', table_owner: SP, table_type: 'MATERIALIZED_VIEW' },
    ]);
    const lineage = `SELECT source_table_full_name AS s, target_table_full_name AS t FROM system.access.table_lineage WHERE entity_run_id = '${update.update}'`;
    expect((await query(home, `${lineage} ORDER BY t`)).rows).toEqual([
      { s: 'other.bronze.raw', t: 'shop.bronze.copies' },
      { s: 'shop.bronze.copies', t: 'shop.gold.totals' },
    ]);
    expect(await rowsAs('pipeline_sp', 'SELECT id FROM shop.bronze.copies')).toEqual([{ id: 3 }]);
  });

  test('goes on with its own tables when CREATE TABLE is gone, and not without the source', async () => {
    const grantsOf = (name: string) => enough.filter(([, each]) => each !== name);
    const use = grants('bronze', { schema: 'shop.bronze' }, { [SP]: ['USE_SCHEMA'] });
    await deploy([...without('shop', 'gold'), ...grantsOf('bronze'), use, pipeline]);
    await expect(runPipeline(home, 'copies')).resolves.toMatchObject({ update: { datasets: expect.any(Array) } });
    await deploy([...without('shop', 'gold'), ...grantsOf('other'), pipeline]);
    expect((await errorOf(runPipeline(home, 'copies'))).message).toContain("SELECT on Table 'other.bronze.raw'");
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
      await deploy([...without('shop', 'gold'), ...enough, location, pipeline, ...more]);
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
