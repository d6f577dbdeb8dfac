import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { run, start } from './support/clone';

/** How a tool of half a gigabyte gets to its place (tooling/installation.mjs), with a tool of one file. */
const folder = mkdtempSync(join(tmpdir(), 'lakewright-installation-'));
afterAll(() => rmSync(folder, { recursive: true }));

let number = 0;
let tool: string;
beforeEach(() => {
  number += 1;
  tool = join(folder, String(number), 'tool');
});

const text = (name: string) => readFileSync(join(tool, name), 'utf8');

/** Installs in a process of its own; the tool is a file `content` that says who made it. What `during` says is done before it is whole. */
function installer(content: string, wanted = 'version 1', during = '') {
  const program = `
    import { existsSync, writeFileSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    import { installOnce } from './tooling/installation.mjs';
    await installOnce(${JSON.stringify(tool)}, ${JSON.stringify(wanted)}, async (draft) => {
      writeFileSync(draft + '/content', ${JSON.stringify(content)});
      ${during}
      process.stdout.write('made');
    });`;
  return ['--input-type=module', '-e', program];
}

const install = (...from: Parameters<typeof installer>) => run(process.execPath, installer(...from), {}, projectRoot());
/** Says by a file that it is under way, and waits for one before it goes on. */
const waitFor = (mark: string, go: string) => {
  const [marked, goes] = [mark, go].map((name) => JSON.stringify(join(folder, name)));
  return `writeFileSync(${marked}, ''); while (!existsSync(${goes})) await sleep(10);`;
};
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
};

test('installed once, then found', async () => {
  expect(await install('first')).toEqual({ code: 0, stdout: 'made', stderr: '' });
  expect(await install('second')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(text('content')).toBe('first');
  expect(readdirSync(join(tool, '..'))).toEqual(['tool']);
});

test('another version replaces it as a whole', async () => {
  await install('first');
  writeFileSync(join(tool, 'left over'), '');
  await install('second', 'version 2');
  expect(readdirSync(tool).sort()).toEqual(['.lakewright', 'content']);
  expect(text('content')).toBe('second');
  expect(readdirSync(join(tool, '..'))).toEqual(['tool']);
});

test('of two that install at once the later throws its own away, and never touches what the other may use already', async () => {
  const [one, two] = ['one', 'two'].map((name) =>
    start(process.execPath, installer(name, 'version 1', waitFor(`${name} under way`, `${name} goes on`)), {}, projectRoot()),
  );
  await until(() => ['one', 'two'].every((name) => existsSync(join(folder, `${name} under way`))));
  expect(existsSync(tool)).toBe(false);
  writeFileSync(join(folder, 'two goes on'), '');
  expect((await two!.ended).code).toBe(0);
  writeFileSync(join(tool, 'in use'), '');
  writeFileSync(join(folder, 'one goes on'), '');
  expect((await one!.ended).code).toBe(0);
  expect(text('content')).toBe('two');
  expect(existsSync(join(tool, 'in use'))).toBe(true);
  expect(readdirSync(join(tool, '..'))).toEqual(['tool']);
});

test('one that was killed leaves no tool, and what it left is removed by the next', async () => {
  const killed = start(process.execPath, installer('half', 'version 1', waitFor('half under way', 'never')), {}, projectRoot());
  await until(() => existsSync(join(folder, 'half under way')));
  process.kill(killed.pid, 'SIGKILL');
  await killed.ended;
  expect(readdirSync(join(tool, '..'))).toEqual([`tool.${killed.pid}`]);
  await install('whole');
  expect(text('content')).toBe('whole');
  expect(readdirSync(join(tool, '..'))).toEqual(['tool']);
});

test('one that failed leaves nothing, and says why', async () => {
  const { code, stderr } = await install('broken', 'version 1', "throw new Error('no server answers');");
  expect(code).toBe(1);
  expect(stderr).toContain('no server answers');
  expect(readdirSync(join(tool, '..'))).toEqual([]);
});

test('a folder without its stamp, as one that was broken off has it, is made again', async () => {
  mkdirSync(tool, { recursive: true });
  writeFileSync(join(tool, 'half a file'), '');
  await install('whole');
  expect(readdirSync(tool).sort()).toEqual(['.lakewright', 'content']);
});

test('without Java it is said where to get it, and nothing is installed', async () => {
  const tools = join(folder, 'tools');
  const installed = await run(process.execPath, ['tooling/spark.mjs', 'glue', '--installed'], { LAKEWRIGHT_TOOLS: tools });
  expect(installed).toEqual({ code: 1, stdout: '', stderr: '' });
  const { code, stdout, stderr } = await run(process.execPath, ['tooling/spark.mjs', 'glue'], {
    JAVA_HOME: join(folder, 'no java'),
    LAKEWRIGHT_TOOLS: tools,
  });
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(
    /^MISSING: Apache Spark needs Java 17 or later and JAVA_HOME \(.*\) has none\. Get it from adoptium\.net .*\n$/,
  );
  expect(existsSync(tools)).toBe(false);
});
