import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot, pythonExecutable } from '@lakewright/config';
import { GENERATOR, generate, manifestsIn, rowsOf, TABLES } from './shop-files';

const root = mkdtempSync(join(tmpdir(), 'lakewright-generator-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const folder = () => {
  folders += 1;
  return join(root, String(folders));
};

/** Every file that a pipeline would see, and the manifests, by path. */
function contents(output: string): Record<string, string> {
  if (!existsSync(output)) return {};
  const paths = readdirSync(output, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(output, path)).isFile(),
  );
  const visible = paths.filter((path) => !path.split('/').at(-1)!.startsWith('.'));
  return Object.fromEntries(visible.sort().map((path) => [path, readFileSync(join(output, path), 'utf8')]));
}

function failure(...args: readonly string[]): { readonly status: number; readonly stderr: string } {
  try {
    generate(folder(), ...args);
  } catch (error) {
    return error as { status: number; stderr: string };
  }
  throw new Error('it did not fail');
}

test('the same arguments give the same files, another seed gives others', () => {
  const [first, second, other] = [folder(), folder(), folder()];
  for (const batch of ['1', '2', '3']) generate(first, '--batch', batch, '--bad-share', '0.2');
  // A batch does not need those before it on the disk.
  generate(second, '--batch', '3', '--bad-share', '0.2');
  generate(other, '--batch', '3', '--bad-share', '0.2', '--seed', '2');
  const third = Object.entries(contents(first)).filter(([path]) => path.includes('batch-000003'));
  expect(third).toHaveLength(6);
  expect(Object.entries(contents(second))).toEqual(third);
  expect(Object.entries(contents(other)).filter(([path, text]) => contents(second)[path] === text)).toEqual([]);
});

test('a day with more orders has the same customers and products', () => {
  const [few, many] = [folder(), folder()];
  generate(few, '--batch', '3', '--count', '20');
  generate(many, '--batch', '3', '--count', '400');
  for (const table of ['customers', 'products'] as const) expect(rowsOf(many, table, 3)).toEqual(rowsOf(few, table, 3));
  expect(rowsOf(many, 'orders', 3)).toHaveLength(400);
});

test('next is the first batch that is not there; a batch that is there stays untouched', () => {
  const output = folder();
  expect(JSON.parse(generate(output))).toMatchObject({ batch: 1, rows: { orders: 200 } });
  const written = statSync(join(output, 'orders/batch-000001.jsonl')).mtimeMs;
  expect(JSON.parse(generate(output, '--batch', 'next'))).toMatchObject({ batch: 2 });
  generate(output, '--batch', '1');
  expect(statSync(join(output, 'orders/batch-000001.jsonl')).mtimeMs).toBe(written);
});

test('a batch that is there with other content is refused: who read it would not read it again', () => {
  const output = folder();
  generate(output, '--batch', '1');
  const before = contents(output);
  expect(() => generate(output, '--batch', '1', '--seed', '2')).toThrow('is there with other content');
  expect(contents(output)).toEqual(before);
});

test('killed at any moment and run again, it leaves the files of an undisturbed run; none is ever seen half', async () => {
  const args = ['--batch', '2', '--count', '1500', '--bad-share', '0.1'];
  const undisturbed = folder();
  const began = performance.now();
  generate(undisturbed, ...args);
  const needed = performance.now() - began;
  const expected = contents(undisturbed);
  const output = folder();
  for (let kill = 0; kill < 5; kill += 1) {
    const child = spawn(pythonExecutable(projectRoot()), ['-B', GENERATOR, '--output', output, ...args]);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => setTimeout(resolve, needed * (0.4 + 0.15 * kill)));
    child.kill('SIGKILL');
    await ended;
    for (const [path, text] of Object.entries(contents(output))) expect(text === expected[path]).toBe(true);
  }
  generate(output, ...args);
  expect(contents(output)).toEqual(expected);
});

test('bad rows come on top, as many of each kind as asked', () => {
  const [good, some] = [folder(), folder()];
  generate(good, '--batch', '1');
  generate(some, '--batch', '1', '--bad', 'orders.wrong_currency=0.1', '--bad', 'payments.wrong_amount=0.05');
  const [none, asked] = [manifestsIn(good)[0]!, manifestsIn(some)[0]!];
  expect(TABLES.map((table) => none.tables[table].bad)).toEqual([{}, {}, {}, {}, {}]);
  expect(asked.tables.orders.bad).toEqual({ wrong_currency: expect.any(Array) });
  expect(asked.tables.orders.bad.wrong_currency).toHaveLength(20);
  expect(asked.tables.payments.bad.wrong_amount).toHaveLength(10);
  expect(asked.tables.orders.rows).toBe(none.tables.orders.rows + 20);
  const [wrong] = asked.tables.orders.bad.wrong_currency!;
  expect(rowsOf(some, 'orders', 1).find(({ record_id }) => record_id === wrong)).toMatchObject({ currency: 'XXX' });
});

test('changes come late and twice', () => {
  const output = folder();
  for (const batch of ['1', '2']) generate(output, '--batch', batch, '--late-share', '1', '--duplicate-share', '1');
  const sequences = (batch: number) => rowsOf(output, 'customers', batch).map(({ sequence }) => Number(sequence));
  const [first, second] = [sequences(1), sequences(2)];
  // Insertions are never late, so that an order finds its customer; all of them come twice.
  expect(new Set(first).size * 2).toBe(first.length);
  expect(second.some((sequence) => sequence < Math.max(...first))).toBe(false);
  const late = folder();
  const days = ['1', '2', '3', '4'];
  for (const batch of days) generate(late, '--batch', batch, '--late-share', '0.5');
  const of = (batch: number) => rowsOf(late, 'customers', batch).map(({ sequence }) => Number(sequence));
  const isOvertaken = (batch: number) => of(batch + 1).some((sequence) => sequence < Math.max(...of(batch)));
  expect([1, 2, 3].some(isOvertaken)).toBe(true);
});

test.each([
  [['--count', '0'], 'argument --count'],
  [['--batch', 'tomorrow'], 'argument --batch'],
  [['--bad-share', '2'], 'argument --bad-share'],
  [['--start', '2025'], 'argument --start'],
  [['--bad', 'orders.nothing=0.1'], "there is no kind 'orders.nothing'"],
  [['--colour', 'red'], 'unrecognized arguments'],
])('wrong usage: %j', (args, message) => {
  expect(failure(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
});

test('what the disk refuses ends with 1 and its reason', () => {
  expect(() => generate(join(GENERATOR, 'below-a-file'))).toThrow('generate.py: ');
});

test('--help names the kinds of bad rows and the exit codes', () => {
  const help = generate(folder(), '--help');
  expect(help).toContain('orders.unknown_customer');
  expect(help).toContain('0 done, 1 failed, 2 wrong usage');
});
