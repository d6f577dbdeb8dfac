import { type Action, authorize, DeniedError, Directory, type Identity, type Metastore, parsePrivilege, ref } from '../src';
import { metastoreOf, person } from './support';

const directory = new Directory([{ name: 'keeper' }, { name: 'reader' }, { name: 'nobody' }]);

/** What somebody lacks for something, in the platform's words. */
function lacks(metastore: Metastore, who: Identity, ...actions: readonly Action[]): readonly string[] {
  try {
    authorize(metastore, directory, who, actions);
    return [];
  } catch (error) {
    if (error instanceof DeniedError) return error.lacking;
    throw error;
  }
}

const READ: Action = { do: 'read', table: 'main.sales.orders' };
const TREE = { 'catalog:main': {}, 'schema:main.sales': {}, 'table:main.sales.orders': {} };
const ann = person('ann@example.com', 'engineers');

describe('"Unity Catalog permissions model concepts"', () => {
  test('reading a table takes USE CATALOG, USE SCHEMA and SELECT together', () => {
    const [catalog, schema, table] = [{ engineers: ['USE_CATALOG'] }, { engineers: ['USE_SCHEMA'] }, { engineers: ['SELECT'] }];
    const all = { 'catalog:main': catalog, 'schema:main.sales': schema, 'table:main.sales.orders': table };
    expect(lacks(metastoreOf(all), ann, READ)).toEqual([]);
    expect(lacks(metastoreOf({ ...all, 'catalog:main': {} }), ann, READ)).toEqual([
      "User does not have USE CATALOG on Catalog 'main'.",
    ]);
    expect(lacks(metastoreOf({ ...all, 'schema:main.sales': {} }), ann, READ)).toEqual([
      "User does not have USE SCHEMA on Schema 'main.sales'.",
    ]);
    expect(lacks(metastoreOf({ ...all, 'table:main.sales.orders': {} }), ann, READ)).toEqual([
      "User does not have SELECT on Table 'main.sales.orders'.",
    ]);
  });

  test('initially nobody has access to anything: all that is lacking is told, containers first', () => {
    expect(lacks(metastoreOf(TREE), ann, READ)).toEqual([
      "User does not have USE CATALOG on Catalog 'main'.",
      "User does not have USE SCHEMA on Schema 'main.sales'.",
      "User does not have SELECT on Table 'main.sales.orders'.",
    ]);
  });

  test('a grant on a catalog holds for all that it contains, now and later', () => {
    const metastore = metastoreOf({ ...TREE, 'catalog:main': { engineers: ['USE CATALOG', 'USE SCHEMA', 'SELECT'] } });
    expect(lacks(metastore, ann, READ, { do: 'read', table: 'main.later.unheard_of' })).toEqual([]);
    expect(lacks(metastore, ann, { do: 'read', table: 'other.later.unheard_of' })).toHaveLength(3);
  });

  test('privileges of the metastore are not inherited', () => {
    const metastore = metastoreOf({ ...TREE, 'metastore:': { engineers: ['CREATE CATALOG'] } });
    expect(metastore.holds(ann, 'CREATE CATALOG', ref('catalog', 'main'))).toBe(false);
  });

  test('MODIFY needs SELECT on the table as well', () => {
    const grants = { engineers: ['USE CATALOG', 'USE SCHEMA', 'MODIFY'] };
    expect(lacks(metastoreOf({ ...TREE, 'catalog:main': grants }), ann, { do: 'modify', table: 'main.sales.orders' })).toEqual([
      "User does not have SELECT on Table 'main.sales.orders'.",
    ]);
  });

  test('READ VOLUME and WRITE VOLUME are apart from SELECT and MODIFY', () => {
    const metastore = metastoreOf({
      'catalog:main': { engineers: ['USE CATALOG', 'USE SCHEMA', 'SELECT', 'MODIFY', 'READ VOLUME'] },
    });
    expect(lacks(metastore, ann, { do: 'read', volume: 'main.sales.landing' })).toEqual([]);
    expect(lacks(metastore, ann, { do: 'write', volume: 'main.sales.landing' })).toEqual([
      "User does not have WRITE VOLUME on Volume 'main.sales.landing'.",
    ]);
  });

  test('BROWSE shows what is there, without usage of the containers, and no row of it', () => {
    const metastore = metastoreOf({ ...TREE, 'catalog:main': { 'account users': ['BROWSE'] } });
    expect(metastore.sees(ann, ref('table', 'main.sales.orders'))).toBe(true);
    expect(lacks(metastore, ann, READ)).toHaveLength(3);
    expect(metastoreOf(TREE).sees(ann, ref('table', 'main.sales.orders'))).toBe(false);
  });

  test('a schema is seen with USE SCHEMA on it and USE CATALOG on its catalog ("Manage schemas")', () => {
    const sees = (catalog: readonly string[], schema: readonly string[]) =>
      metastoreOf({ 'catalog:main': { engineers: catalog }, 'schema:main.sales': { engineers: schema } }).sees(
        ann,
        ref('schema', 'main.sales'),
      );
    expect([sees(['USE CATALOG'], ['USE SCHEMA']), sees([], ['USE SCHEMA']), sees(['USE CATALOG'], [])]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('"Manage Unity Catalog object ownership"', () => {
  test('owners have all privileges on the object, and need the usage of what contains it', () => {
    const metastore = metastoreOf({ ...TREE, 'table:main.sales.orders': { owner: 'engineers' } });
    expect(metastore.holds(ann, 'MODIFY', ref('table', 'main.sales.orders'))).toBe(true);
    expect(lacks(metastore, ann, READ)).toEqual([
      "User does not have USE CATALOG on Catalog 'main'.",
      "User does not have USE SCHEMA on Schema 'main.sales'.",
    ]);
  });

  test('owners of a schema do not have the privileges on its tables, and manage them', () => {
    const metastore = metastoreOf({
      ...TREE,
      'catalog:main': { engineers: ['USE CATALOG'] },
      'schema:main.sales': { owner: 'ann@example.com' },
    });
    expect(lacks(metastore, ann, READ)).toEqual(["User does not have SELECT on Table 'main.sales.orders'."]);
    expect(metastore.holds(ann, 'MANAGE', ref('table', 'main.sales.orders'))).toBe(true);
    expect(lacks(metastore, ann, { do: 'create table', schema: 'main.sales' })).toEqual([]);
  });

  test('owners of a schema do not have EXTERNAL USE SCHEMA by default', () => {
    const metastore = metastoreOf({ ...TREE, 'schema:main.sales': { owner: 'ann@example.com' } });
    expect(metastore.holds(ann, 'EXTERNAL USE SCHEMA', ref('schema', 'main.sales'))).toBe(false);
  });

  test('MANAGE does not give the privileges on the object, and ALL PRIVILEGES does not include MANAGE', () => {
    const managed = metastoreOf({ ...TREE, 'schema:main.sales': { engineers: ['MANAGE'] } });
    expect(managed.holds(ann, 'MANAGE', ref('table', 'main.sales.orders'))).toBe(true);
    expect(managed.holds(ann, 'SELECT', ref('table', 'main.sales.orders'))).toBe(false);
    const everything = metastoreOf({ ...TREE, 'catalog:main': { engineers: ['ALL PRIVILEGES'] } });
    expect(lacks(everything, ann, READ, { do: 'create table', schema: 'main.sales' })).toEqual([]);
    expect(everything.holds(ann, 'MANAGE', ref('catalog', 'main'))).toBe(false);
    expect(everything.holds(ann, 'EXTERNAL USE SCHEMA', ref('schema', 'main.sales'))).toBe(false);
  });
});

describe('"What is a view?"', () => {
  const view = { type: 'VIEW' as const, reads: ['main.sales.orders'] };
  const open = {
    'catalog:main': { reader: ['USE CATALOG'], keeper: ['USE CATALOG'] },
    'schema:main.sales': { reader: ['USE SCHEMA'], keeper: ['USE SCHEMA'] },
  };
  const reader = directory.identity('reader');
  const READ_VIEW: Action = { do: 'read', table: 'main.sales.totals' };

  test('who reads a view needs nothing on the tables that it reads', () => {
    const lines = {
      ...open,
      'table:main.sales.orders': { keeper: ['SELECT'] },
      'table:main.sales.totals': { owner: 'keeper', reader: ['SELECT'] },
    };
    const metastore = metastoreOf(lines, { 'table:main.sales.totals': view });
    expect(lacks(metastore, reader, READ_VIEW)).toEqual([]);
    expect(lacks(metastore, reader, READ)).toEqual(["User does not have SELECT on Table 'main.sales.orders'."]);
  });

  test('its owner does', () => {
    const lines = { ...open, 'table:main.sales.orders': {}, 'table:main.sales.totals': { owner: 'keeper', reader: ['SELECT'] } };
    expect(lacks(metastoreOf(lines, { 'table:main.sales.totals': view }), reader, READ_VIEW)).toEqual([
      "Owner of Table 'main.sales.totals' does not have SELECT on Table 'main.sales.orders'.",
    ]);
  });
});

describe('"Unity Catalog privileges reference"', () => {
  test.each([
    ['USE_SCHEMA', ref('schema', 'main.sales'), 'USE SCHEMA'],
    ['select', ref('catalog', 'main'), 'SELECT'],
    ['READ_FILES', ref('external_location', 'lake'), 'READ FILES'],
    ['CREATE_EXTERNAL_LOCATION', ref('storage_credential', 'lake'), 'CREATE EXTERNAL LOCATION'],
  ] as const)('%s may stand there', (text, on, privilege) => {
    expect(parsePrivilege(text, on)).toBe(privilege);
  });

  test.each([
    [
      'USE_CATALOG',
      ref('schema', 'main.sales'),
      "Schema 'main.sales': Privilege USE CATALOG is not applicable to this entity [SCHEMA]",
    ],
    [
      'SELECT',
      ref('volume', 'main.sales.in'),
      "Volume 'main.sales.in': Privilege SELECT is not applicable to this entity [VOLUME]",
    ],
    ['READ FILES', ref('catalog', 'main'), "Catalog 'main': Privilege READ FILES is not applicable to this entity [CATALOG]"],
    ['abc', ref('catalog', 'main'), "Catalog 'main': Privilege ABC is not applicable to this entity [CATALOG]"],
  ] as const)('%s may not', (text, on, message) => {
    expect(() => parsePrivilege(text, on)).toThrow(expect.objectContaining({ code: 'CATALOG_PRIVILEGE', message }));
  });

  test('a materialized view bears no MODIFY, wherever it was granted and whoever owns it', () => {
    const grants = { 'catalog:main': { engineers: ['ALL PRIVILEGES'] }, 'table:main.sales.totals': { owner: 'engineers' } };
    const lacking = (type: 'MATERIALIZED_VIEW' | 'STREAMING_TABLE') =>
      lacks(metastoreOf(grants, { 'table:main.sales.totals': { type } }), ann, { do: 'modify', table: 'main.sales.totals' });
    expect(lacking('MATERIALIZED_VIEW')).toEqual(["User does not have MODIFY on Table 'main.sales.totals'."]);
    expect(lacking('STREAMING_TABLE')).toEqual([]);
  });

  test('MODIFY may not stand on a view', () => {
    expect(() => parsePrivilege('MODIFY', ref('table', 'a.b.c'), 'VIEW')).toThrow('is not applicable');
  });
});

describe('principals', () => {
  const known = new Directory([
    { name: '11111111-2222-4333-8444-555555555555', alias: 'loader', groups: ['robots'] },
    { name: 'robots', groups: ['everyone in it'] },
    { name: 'everyone in it', groups: ['robots'] },
  ]);

  test('are in the groups of their groups, and in account users', () => {
    expect([...known.identity('loader').names].sort()).toEqual([
      '11111111-2222-4333-8444-555555555555',
      'account users',
      'everyone in it',
      'robots',
    ]);
  });

  test('a group is a member of it who is in no other', () => {
    expect([...directory.identity('reader').names].sort()).toEqual(['account users', 'reader']);
  });

  test('one that nobody knows is refused with those that are known', () => {
    expect(() => known.identity('loder')).toThrow(expect.objectContaining({ code: 'CATALOG_UNKNOWN_PRINCIPAL', exitCode: 2 }));
  });
});

test('a denial reads as the platform has it, and says where the grant is written', () => {
  const metastore = metastoreOf(TREE);
  const denial = () => authorize(metastore, directory, directory.identity('nobody'), [{ do: 'use catalog', catalog: 'main' }]);
  expect(denial).toThrow(
    "[INSUFFICIENT_PERMISSIONS] Insufficient privileges:\nUser does not have USE CATALOG on Catalog 'main'. SQLSTATE: 42501",
  );
  expect(denial).toThrow(
    expect.objectContaining({ hint: `grant "nobody" USE CATALOG by a databricks_grants on Catalog 'main'; then lakewright up` }),
  );
});
