import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { run } from '../../test/support/clone';

const bench = (...args: string[]) => run(process.execPath, ['tooling/run.mjs', 'bench/main.ts', ...args], {}, projectRoot());

test('a rival that is not there is named, and the exit code is 3', async () => {
  const { code, stdout, stderr } = await bench('pipeline-spark', '--spark', join(projectRoot(), 'no/such/python'));
  expect(stderr).toMatch(/pipeline-spark was not run: (there is no Apache Spark at .*no\/such\/python|Apache Spark needs Java)/);
  expect(stdout).toBe('');
  expect(code).toBe(3);
});

test('a benchmark that is not there and a number that is none are wrong usage', async () => {
  const [name, number] = await Promise.all([bench('sort'), bench('synth', '--rounds', 'many')]);
  expect(name.stderr).toContain('there is no benchmark sort: the benchmarks are synth, plan, up,');
  expect(number.stderr).toContain('--rounds takes a whole number from 1, not many');
  expect([name.code, number.code]).toEqual([2, 2]);
});
