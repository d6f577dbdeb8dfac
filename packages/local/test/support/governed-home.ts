import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, pythonExecutable } from '@lakewright/config';
import { connectEngine, startSail } from '@lakewright/lakeflow/engine';
import { query, type ReconcileReport, readDeployment, reconcile } from '../../src';
import { type TestHome, testHome } from './home';
import { stateOf, type TestResource } from './state';

/** The service principal of the environment `local`. */
export const SP = '00000000-0000-4000-8000-00000000005a';
export const OWNER = 'deployer@example.com';

/** A lake of two catalogs with grants, and an engine. */
export interface GovernedHome extends TestHome {
  deploy(resources: readonly TestResource[]): Promise<ReconcileReport>;
  rowsAs(principal: string, sql: string): Promise<readonly unknown[]>;
}

export async function governedHome(): Promise<GovernedHome> {
  const home = await testHome();
  mkdirSync(home.paths.lake, { recursive: true });
  const sail = await startSail({
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
  const deploy = (resources: readonly TestResource[]) =>
    reconcile(home, readDeployment(home, [stateOf('databricks-shop', '.', resources)]));
  await deploy(deployed());
  return {
    ...home,
    deploy,
    rowsAs: async (principal, sql) => (await query(home, sql, { principal })).rows,
    async dispose() {
      await sail.stop();
      await home.dispose();
    },
  };
}

/** All grants of one securable. */
export function grants(
  name: string,
  securable: Readonly<Record<string, string>>,
  given: Readonly<Record<string, readonly string[]>>,
): TestResource {
  const grant = Object.entries(given).map(([principal, privileges]) => ({ principal, privileges }));
  return ['databricks_grants', name, { ...securable, grant }];
}

/** What the home begins with: analysts read gold, and may write one table. */
export function deployed(...without: readonly string[]): TestResource[] {
  const catalog = (name: string): TestResource => [
    'databricks_catalog',
    `the_${name}`,
    { name, owner: OWNER, force_destroy: true },
  ];
  const schema = (catalog_name: string, name: string): TestResource => [
    'databricks_schema',
    `${catalog_name}_${name}`,
    { catalog_name, name, owner: OWNER, force_destroy: true },
  ];
  const all = [
    catalog('shop'),
    catalog('other'),
    schema('shop', 'gold'),
    schema('shop', 'bronze'),
    schema('other', 'bronze'),
    grants('shop', { catalog: 'shop' }, { analysts: ['USE_CATALOG'], [SP]: ['USE_CATALOG'] }),
    grants('gold', { schema: 'shop.gold' }, { analysts: ['USE_SCHEMA', 'SELECT'] }),
    grants('stock', { table: 'shop.gold.stock' }, { analysts: ['MODIFY'] }),
  ];
  return all.filter(([, name]) => !without.includes(name));
}

/** The error of what must not go through. */
export async function errorOf(action: Promise<unknown>): Promise<{ code: string; message: string; hint: string }> {
  return action.then(
    (result) => Promise.reject(new Error(`it was let through: ${JSON.stringify(result)}`)),
    (error) => error,
  );
}
