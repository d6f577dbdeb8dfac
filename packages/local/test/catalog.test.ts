import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
    expect(await rowsAs('analysts', 'WITH raw AS (SELECT id FROM SHOP.gold.sales) SELECT raw.id FROM raw')).toEqual([]);
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
  "SELECT extract(DAY FROM (SELECT max(current_date()) FROM shop.bronze.raw))",
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
  'SELECT 1 -- \\\nUNION ALL SELECT value FROM text.`{home}/secret.csv`',
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
  'INSERT INTO shop.gold.sales SELECT 9, \'mine\'',
  'INSERT OVERWRITE shop.gold.sales SELECT 9, \'mine\'',
  "INSERT OVERWRITE DIRECTORY '{home}/out' USING csv SELECT * FROM shop.gold.sales",
  'INSERT INTO delta.`{lake}/shop/gold/sales` SELECT 9, \'mine\'',
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
void [appendFileSync, mkdirSync, readFileSync, queryAll, readStatements, runPipeline, validateDeployedPipeline];
