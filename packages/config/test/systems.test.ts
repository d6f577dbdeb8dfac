import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bucketName,
  ENVIRONMENT_NAMES,
  loadEnvironment,
  projectRoot,
  readManifest,
  systemNames,
  systemsOf,
  systemsWithStack,
} from '@lakewright/config';

/** Of nobody: no file of ports is written. */
const ports = { aws: 4566, engine: 50051, web: 8000, mysql: 13306, postgresql: 15432, dms: 14572, glue: 14573, athena: 14574 };
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lakewright-systems-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text = ''): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}
const app = (name: string, manifest: object = {}) => write(`apps/${name}/system.json`, JSON.stringify({ name, ...manifest }));

describe('the systems of a checkout', () => {
  test('no apps, no systems', () => {
    expect(systemNames(join(root, 'nowhere'))).toEqual([]);
  });

  test('a folder with a manifest is a system of every environment; the template and other folders are none', () => {
    app('shop');
    app('_template', { name: 'newsystem' });
    write('apps/node_modules/left-pad/index.js');
    expect(systemNames(root)).toEqual(['shop']);
    for (const name of ENVIRONMENT_NAMES) expect(systemsOf(name, root)).toEqual(['shop']);
  });

  test('a system may say where it is', () => {
    app('shop');
    app('trial', { environments: ['local', 'dev'] });
    expect(systemsOf('local', root)).toEqual(['shop', 'trial']);
    expect(systemsOf('prod', root)).toEqual(['shop']);
  });

  test('a run may take its payload from a file, which is read with the manifest', () => {
    const runs = { change: { kind: 'lambda', function: 'f', payloadFile: 'payloads/change.json' } };
    app('shop', { runs });
    write('apps/shop/payloads/change.json', '{ "rows": 3 }');
    expect(readManifest(root, 'shop').runs.change).toMatchObject({ kind: 'lambda', function: 'f', payload: { rows: 3 } });
  });

  test.each([
    ['is missing', undefined, 'apps/shop/change.json is not there'],
    ['is no JSON', 'rows: 3', 'apps/shop/change.json is not JSON'],
    ['is no object', '[3]', 'apps/shop/change.json must hold a JSON object'],
  ])('a payload file that %s is refused', (_, text, message) => {
    app('shop', { runs: { change: { kind: 'lambda', function: 'f', payloadFile: 'change.json' } } });
    if (text !== undefined) write('apps/shop/change.json', text);
    expect(() => readManifest(root, 'shop')).toThrow(expect.objectContaining({ code: 'CONFIG_MANIFEST' }));
    expect(() => readManifest(root, 'shop')).toThrow(message);
  });

  test.each(['home_sales', 'home-sales', 'Homes', '1st', 'x', 'x'.repeat(21), 'foundation'])('a folder %s is refused', (name) => {
    app(name);
    expect(() => systemNames(root)).toThrow(`apps/${name}: the name of a system must be 2 to 20 lower-case letters and digits`);
    expect(() => systemNames(root)).toThrow(expect.objectContaining({ code: 'CONFIG_SYSTEM_NAME' }));
  });

  test('whatever name is allowed, buckets can be named after it in every environment', async () => {
    const longest = 'x'.repeat(20);
    app(longest);
    expect(systemNames(root)).toEqual([longest]);
    for (const name of ENVIRONMENT_NAMES) {
      const environment = await loadEnvironment({ name, ports });
      expect(bucketName(environment, longest, 'ten-letter').length).toBeLessThanOrEqual(63);
    }
  });

  test('a file that is no JSON, and a system that is not there', () => {
    app('shop');
    write('apps/odd/system.json', '{');
    expect(() => systemsOf('local', root)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_MANIFEST',
        message: expect.stringContaining('apps/odd/system.json is not JSON: '),
      }),
    );
    expect(() => readManifest(root, 'shops')).toThrow(
      expect.objectContaining({ code: 'CONFIG_UNKNOWN_SYSTEM', exitCode: 2, hint: 'the systems are: odd, shop' }),
    );
  });

  test('every environment of this project has the systems of apps/', async () => {
    expect(systemNames()).toContain('listings');
    for (const name of ENVIRONMENT_NAMES) expect((await loadEnvironment({ name, ports })).systems).toEqual(systemsOf(name));
    for (const name of systemNames()) expect(readManifest(projectRoot(), name).name).toBe(name);
  });
});

describe('stack files', () => {
  const file = (kind: string, name: string) => write(`stacks/${kind}/src/systems/${name}`);
  const refused = (message: string) => {
    expect(() => systemsWithStack('databricks', ['shop'], root)).toThrow(
      expect.objectContaining({ code: 'CONFIG_STACK_FILE', message: expect.stringContaining(message) }),
    );
  };

  test('the systems chosen have theirs; the others of the checkout may have theirs too', () => {
    app('shop');
    app('trial', { stacks: ['aws'] });
    for (const name of ['shop.ts', 'trial.ts']) file('aws', name);
    file('databricks', 'shop.ts');
    expect(systemsWithStack('aws', ['shop', 'trial'], root)).toEqual(['shop', 'trial']);
    expect(systemsWithStack('aws', ['trial'], root)).toEqual(['trial']);
    expect(systemsWithStack('databricks', ['shop', 'trial'], root)).toEqual(['shop']);
  });

  test('a file that is missing is named', () => {
    app('shop');
    refused('there is no stacks/databricks/src/systems/shop.ts');
  });

  test('a file of no system is named, whatever the systems chosen', () => {
    app('shop');
    file('databricks', 'shop.ts');
    file('databricks', 'shpo.ts');
    refused('stacks/databricks/src/systems/shpo.ts is the stack of no system: there is no apps/shpo/system.json');
  });

  test('so is one that the manifest leaves out, and one of another kind', () => {
    app('shop', { stacks: ['aws'] });
    file('databricks', 'shop.ts');
    refused('shop.ts is the stack of no system: "stacks" of apps/shop/system.json does not name "databricks"');
    rmSync(join(root, 'stacks'), { recursive: true });
    file('databricks', 'shop.tsx');
    refused('stacks/databricks/src/systems/shop.tsx is the stack of no system');
  });
});
