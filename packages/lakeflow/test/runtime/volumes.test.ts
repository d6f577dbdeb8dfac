import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import { validatePipeline } from '../../src';
import { normalVolumePath, resolveVolumePath } from '../../src/source/volume-path';
import { putFiles } from '../support/files';
import { TestLake } from '../support/lake';
import { withSail } from '../support/sail';

const codeOf = async (action: () => unknown): Promise<[string, string]> => {
  try {
    await action();
  } catch (error) {
    if (error instanceof LakewrightError) return [error.code, `${error.message}\n${error.hint}`];
    throw error;
  }
  return ['nothing was thrown', ''];
};

describe('read_files of a volume', () => {
  const sail = withSail();
  const volumes = join(sail.folder, 'volumes');
  const landing = join(volumes, 'shop', 'bronze', 'landing');
  const lakeOf = (name: string, path: string, select = '*') =>
    new TestLake(
      sail.engine,
      join(sail.folder, name),
      `CREATE OR REFRESH STREAMING TABLE t AS SELECT ${select} FROM STREAM read_files('${path}', format => 'json', schema => 'id INT');`,
    );

  test('rows, and the path that the platform shows', async () => {
    putFiles(join(landing, 'orders'), {
      'a b.json': '{"id":1}\n',
      'part=1/c.json': '{"id":2}\n',
      '_manifest.json': '{"id":9}\n',
    });
    putFiles(join(landing, 'others'), { 'd.json': '{"id":3}\n' });
    const lake = lakeOf('rows', '/Volumes/shop/bronze/landing/orders', 'id, _metadata.file_path AS path');
    await lake.update({ volumes });
    expect(await lake.rows('t')).toEqual([
      '{"id":1,"path":"dbfs:/Volumes/shop/bronze/landing/orders/a%20b.json"}',
      '{"id":2,"path":"dbfs:/Volumes/shop/bronze/landing/orders/part%3D1/c.json"}',
    ]);
  });

  test('a file is read once, whichever way the path is written', async () => {
    putFiles(join(landing, 'once'), { '1.json': '{"id":1}\n' });
    const lake = lakeOf('once-lake', '/Volumes/shop/bronze/landing/once/');
    await lake.update({ volumes });
    lake.sql = lake.sql.replace('/Volumes/shop/bronze/landing/once/', 'dbfs:/Volumes/Shop/bronze/landing/once');
    putFiles(join(landing, 'once'), { '2.json': '{"id":2}\n' });
    await lake.update({ volumes });
    expect(await lake.rows('t')).toEqual(['{"id":1}', '{"id":2}']);
  });

  test.each([
    [
      'a volume that is not there',
      '/Volumes/shop/bronze/lading/orders',
      'LAKEFLOW_VOLUME_MISSING',
      'volumes are shop.bronze.landing',
    ],
    [
      'a folder that is not in it',
      '/Volumes/shop/bronze/landing/none',
      'LAKEFLOW_SOURCE_MISSING',
      '/Volumes/shop/bronze/landing/none',
    ],
    ['a path that leaves it', '/Volumes/shop/bronze/landing/../x', 'LAKEFLOW_VOLUME_PATH', 'leaves its volume'],
    ['a path of no volume', '/Volumes/shop/bronze', 'LAKEFLOW_VOLUME_PATH', '/Volumes/<catalog>/<schema>/<volume>'],
    ['a pattern of volumes', '/Volumes/shop/*/landing', 'LAKEFLOW_VOLUME_PATH', 'names no volume'],
  ])('%s', async (_, path, code, told) => {
    mkdirSync(landing, { recursive: true });
    const found = await codeOf(() => lakeOf('refused', path).update({ volumes }));
    expect(found).toEqual([code, expect.stringContaining(told)]);
    expect(found[1]).not.toContain(sail.folder);
  });

  test('no volumes at all: an update and a validation say so', async () => {
    const lake = lakeOf('without', '/Volumes/shop/bronze/landing');
    expect(await codeOf(() => lake.update())).toEqual(['LAKEFLOW_VOLUMES', expect.stringContaining('given no volumes')]);
    const pipeline = { name: 'p', catalog: 'c', schema: 's', sources: [{ path: 'p.sql', text: lake.sql }], configuration: {} };
    const options = { engine: sail.engine, lake: lake.folder, pipeline };
    expect(await codeOf(() => validatePipeline(options))).toEqual(['LAKEFLOW_VOLUMES', expect.anything()]);
    expect(await validatePipeline({ ...options, volumes })).toMatchObject({ datasets: [{ status: 'valid' }] });
  });

  test('links that lead out of a volume', async () => {
    mkdirSync(join(sail.folder, 'elsewhere'));
    mkdirSync(landing, { recursive: true });
    symlinkSync(join(sail.folder, 'elsewhere'), join(landing, 'out'));
    expect(await codeOf(() => resolveVolumePath(volumes, '/Volumes/shop/bronze/landing/out/new'))).toEqual([
      'LAKEFLOW_VOLUME_PATH',
      expect.stringContaining('leaves its volume'),
    ]);
    expect(resolveVolumePath(volumes, '/Volumes/shop/bronze/landing/a/b')).toBe(join(landing, 'a/b'));
    expect(normalVolumePath('dbfs:/Volumes/A/b/C/d/E/')).toBe('/Volumes/a/b/c/d/E');
  });
});
