import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Directory, Metastore, ref } from '@lakewright/catalog';
import { localPaths, projectRoot } from '@lakewright/config';
import { authorizePath, openLocal, readDeployment, reconcile, saveDeployment } from '../src';
import { pathAction } from '../src/catalog/paths';
import { deployedPrincipals } from '../src/catalog/principals';
import { grants } from './support/governed-home';
import { stateOf, type TestResource } from './support/state';

const PEOPLE: readonly TestResource[] = [
  ['databricks_group', 'sales', { id: '1', display_name: 'sales' }],
  ['databricks_group', 'europe', { id: '2', display_name: 'sales in Europe' }],
  ['databricks_user', 'ann', { id: '3', user_name: 'Ann@example.com' }],
  [
    'databricks_service_principal',
    'loader',
    { id: '4', application_id: '11111111-2222-4333-8444-555555555555', display_name: 'loader' },
  ],
  ['databricks_group_member', 'a', { group_id: '1', member_id: '2' }],
  ['databricks_group_member', 'b', { group_id: '2', member_id: '3' }],
  ['databricks_group_member', 'c', { group_id: '1', member_id: '4' }],
  ['databricks_group_member', 'of nobody deployed', { group_id: '9', member_id: '3' }],
];

test('groups, users and service principals that the stacks deploy are known with their groups', () => {
  const { resources } = readDeployment({ root: '/' }, [stateOf('people', '/', PEOPLE)]);
  const directory = new Directory(deployedPrincipals(resources));
  expect([...directory.identity('ann@example.com').names].sort()).toEqual([
    'account users',
    'ann@example.com',
    'sales',
    'sales in europe',
  ]);
  expect(directory.identity('loader')).toMatchObject({ name: '11111111-2222-4333-8444-555555555555', admin: false });
  expect(directory.identity('loader').names.has('sales')).toBe(true);
});

test('files belong to the volume, or to the external location with the longest address above them', () => {
  const location = (name: string, url: string) => ({ ...ref('external_location', name), owner: 'o', url });
  const metastore = new Metastore(
    [location('all', 's3://lake'), location('part', 's3://lake/part/'), location('other', 's3://lakes')],
    [],
  );
  const at = (path: string) => pathAction(metastore, path, 'read');
  expect(at('s3://lake/x/y.json')).toEqual({ do: 'read', location: 'all' });
  expect(at('s3a://lake/part/y.json')).toEqual({ do: 'read', location: 'part' });
  expect(at('s3://lake/partly')).toEqual({ do: 'read', location: 'all' });
  expect(at('s3://elsewhere/x')).toEqual({ do: 'read', location: 's3://elsewhere/x' });
  expect(at('/Volumes/shop/bronze/landing/a/b.csv')).toEqual({ do: 'read', volume: 'shop.bronze.landing' });
  expect(at('dbfs:/Volumes/shop/bronze/landing')).toEqual({ do: 'read', volume: 'shop.bronze.landing' });
  expect(at('/Volumes/shop/bronze/landing/../secret/x')).toEqual({
    do: 'read',
    location: '/Volumes/shop/bronze/landing/../secret/x',
  });
});

test('a path is opened to whoever was granted it, through his groups', async () => {
  const home = mkdtempSync(join(tmpdir(), 'lakewright-paths-'));
  try {
    const context = await openLocal({
      root: projectRoot(),
      paths: localPaths(home),
      ports: { aws: 1, engine: 2, web: 3, mysql: 1024, postgresql: 1025, dms: 6, glue: 7, athena: 8 },
    });
    const deployment = readDeployment(context, [
      stateOf('people', '.', [
        ...PEOPLE,
        ['databricks_catalog', 'shop', { name: 'shop' }],
        grants('shop', { catalog: 'shop' }, { sales: ['USE_CATALOG', 'USE_SCHEMA', 'READ_VOLUME'] }),
      ]),
    ]);
    saveDeployment(context, deployment);
    await reconcile(context, deployment);
    const path = '/Volumes/shop/bronze/landing/a.csv';
    expect(() => authorizePath(context, 'ann@example.com', path, 'read')).not.toThrow();
    expect(() => authorizePath(context, 'loader', path, 'write')).toThrow(
      "User does not have WRITE VOLUME on Volume 'shop.bronze.landing'.",
    );
    expect(() => authorizePath(context, 'analysts', path, 'read')).toThrow(expect.objectContaining({ code: 'CATALOG_DENIED' }));
    expect(() => authorizePath(context, undefined, path, 'write')).not.toThrow();
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
