import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { run } from './support/clone';

const home = mkdtempSync(join(tmpdir(), 'lakewright-java-'));
afterAll(() => rmSync(home, { recursive: true }));

test('without Java, up of a system with Glue jobs ends with 3 and one line, before anything is deployed or started', async () => {
  const command = [join(projectRoot(), 'packages/cli/bin/lakewright.mjs'), 'up', 'certifications'];
  const { code, stdout, stderr } = await run(process.execPath, command, {
    LAKEWRIGHT_HOME: home,
    PATH: join(home, 'nothing'),
    JAVA_HOME: '',
  });
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  const [synth, spark, said, ...more] = stderr.split('\n');
  expect(synth).toMatch(/^done .* synth/);
  expect(spark).toMatch(/^failed .* Spark for Glue jobs$/);
  expect(said).toMatch(/^LOCAL_NO_SPARK: .*needs Java 17 or later and none is on PATH\. Get it from adoptium\.net/);
  expect(more).toEqual(['']);
  for (const made of ['.state', 'deployment.json', 'services']) expect(existsSync(join(home, made))).toBe(false);
});
