import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { query, queryAll, readStatements } from '../src';
import { ATTEMPTS } from './support/attempts';
import { deployed, errorOf, type GovernedHome, governedHome, grants, OWNER } from './support/governed-home';
import type { TestResource } from './support/state';

let home: GovernedHome;

beforeAll(async () => {
  home = await governedHome();
});
afterAll(() => home?.dispose());

describe('lakewright sql as a principal', () => {
  test('gives what is granted', async () => {
    expect(await home.rowsAs('analysts', 'SELECT id, secret FROM shop.gold.sales')).toEqual([{ id: 1, secret: 'open' }]);
    expect(await home.rowsAs('analysts', 'WITH raw AS (SELECT id FROM SHOP.gold.sales) SELECT raw.id FROM raw')).toEqual([
      { id: 1 },
    ]);
    expect(await home.rowsAs('analysts', 'SELECT Sales.id FROM shop.GOLD.Sales /* /* */ */')).toEqual([{ id: 1 }]);
    expect(await home.rowsAs('analysts', 'SELECT 1 AS one -- \\\nUNION ALL SELECT value FROM text.`/etc/hostname`')).toEqual([
      { one: 1 },
    ]);
  });

  test('denies what is not, in the words of the platform, and says where the grant is written', async () => {
    const error = await errorOf(home.rowsAs('analysts', 'SELECT * FROM shop.bronze.raw'));
    expect(error.code).toBe('CATALOG_DENIED');
    expect(error.message).toBe(
      [
        '[INSUFFICIENT_PERMISSIONS] Insufficient privileges:',
        "User does not have USE SCHEMA on Schema 'shop.bronze'.",
        "User does not have SELECT on Table 'shop.bronze.raw'. SQLSTATE: 42501",
      ].join('\n'),
    );
    expect(error.hint).toContain('databricks_grants');
    expect((await errorOf(home.rowsAs('analysts', 'SELECT * FROM shop.gold.nothing'))).message).toContain(
      'TABLE_OR_VIEW_NOT_FOUND',
    );
  });

  test('lets the admin do everything', async () => {
    expect((await query(home, 'SELECT secret FROM shop.bronze.raw')).rows).toEqual([{ secret: 'hidden' }]);
  });
});

test.each(ATTEMPTS)('no way around: %s', async (attempt) => {
  const sql = attempt.replaceAll('{lake}', home.paths.lake).replaceAll('{home}', home.paths.home);
  const error = await errorOf(home.rowsAs('analysts', sql));
  expect(error.code).toMatch(/^(?:CATALOG_|LAKEFLOW_SYNTAX|LAKEFLOW_UNSUPPORTED)/);
});

test('rows go in where MODIFY is granted, and lineage tells from where', async () => {
  await home.rowsAs('analysts', 'INSERT INTO shop.gold.stock (id) SELECT id + 100 FROM shop.gold.sales');
  expect(await home.rowsAs('analysts', 'SELECT id FROM shop.gold.stock ORDER BY id')).toEqual([{ id: 7 }, { id: 101 }]);
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
    (await home.rowsAs(principal, sql)).map((row) => Object.values(row as object)[0]);

  test('by SHOW', async () => {
    expect(await column('SHOW CATALOGS')).toEqual(['shop']);
    expect(await column('SHOW SCHEMAS IN shop')).toEqual(['gold']);
    expect((await query(home, 'SHOW SCHEMAS IN shop')).rows).toEqual([{ databaseName: 'bronze' }, { databaseName: 'gold' }]);
    expect(await home.rowsAs('analysts', "SHOW TABLES IN shop.gold LIKE 'sa*'")).toEqual([
      { database: 'gold', tableName: 'sales', isTemporary: 'false' },
    ]);
    expect(await column('SHOW TABLES IN shop.bronze')).toEqual([]);
    expect(await home.rowsAs('analysts', 'SHOW GRANTS ON TABLE shop.gold.stock')).toEqual([
      { Principal: 'analysts', ActionType: 'MODIFY', ObjectType: 'TABLE', ObjectKey: 'shop.gold.stock' },
      { Principal: 'analysts', ActionType: 'SELECT', ObjectType: 'SCHEMA', ObjectKey: 'shop.gold' },
    ]);
    expect(await home.rowsAs('data_engineers', 'SHOW CATALOGS')).toEqual([]);
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
    expect(await home.rowsAs('analysts', `${privileges} ORDER BY privilege_type`)).toEqual([
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
    expect(await home.rowsAs('analysts', 'DESCRIBE TABLE shop.gold.stock')).toEqual([
      { col_name: 'id', data_type: 'int', comment: null },
    ]);
  });
});

test('the audit log has who did what, and what was denied; a line that was cut off disturbs nobody', async () => {
  await errorOf(home.rowsAs('analysts', 'SELECT 5 AS five FROM shop.bronze.raw'));
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
    expect((await home.deploy(deployed())).outcomes.filter(({ outcome }) => outcome !== 'unchanged')).toEqual([]);
    await home.deploy(deployed('gold'));
    expect((await errorOf(home.rowsAs('analysts', 'SELECT * FROM shop.gold.sales'))).code).toBe('CATALOG_DENIED');
    await home.deploy(deployed());
    expect(await home.rowsAs('analysts', 'SELECT id FROM shop.gold.sales')).toEqual([{ id: 1 }]);
    await home.deploy(deployed().map(([type, name, values]) => [type, name === 'gold' ? 'moved' : name, values]));
    expect(await home.rowsAs('analysts', 'SELECT id FROM shop.gold.sales')).toEqual([{ id: 1 }]);
  });

  test('refuses a privilege that the securable cannot bear, and securables that are not governed', async () => {
    const wrong = grants('wrong', { schema: 'shop.gold' }, { analysts: ['READ_FILES'] });
    expect(await errorOf(home.deploy([...deployed(), wrong]))).toMatchObject({
      code: 'CATALOG_PRIVILEGE',
      message: "Schema 'shop.gold': Privilege READ FILES is not applicable to this entity [SCHEMA]",
    });
    const share = grants('share', { share: 'all' }, { analysts: ['SELECT'] });
    expect((await errorOf(home.deploy([...deployed(), share]))).code).toBe('LOCAL_GRANTS_SECURABLE');
    await home.deploy(deployed());
  });

  test('takes those of one principal too, beside the others', async () => {
    const one: TestResource = [
      'databricks_grant',
      'one',
      { schema: 'shop.bronze', principal: 'analysts', privileges: ['ALL_PRIVILEGES'] },
    ];
    await home.deploy([...deployed(), one]);
    expect(await home.rowsAs('analysts', 'SELECT secret FROM shop.bronze.raw')).toEqual([{ secret: 'hidden' }]);
    await home.deploy(deployed());
    expect((await errorOf(home.rowsAs('analysts', 'SELECT secret FROM shop.bronze.raw'))).code).toBe('CATALOG_DENIED');
  });
});
