import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, type LockHolder, lockHolder, takeLock, withLock } from '@lakewright/process';
import { buildSync } from 'esbuild';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lakewright-lock-'));
  file = join(folder, 'deep', 'a.lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const refused = ({ pid, since }: LockHolder) => new Error(`held by ${pid} since ${since}`);
const take = () => takeLock(file, refused);

/** Writes a lock as somebody left it. */
function left(text: string): void {
  mkdirSync(join(folder, 'deep'), { recursive: true });
  writeFileSync(file, text);
}

test('one at a time, also within a process; who comes second is told who and since when', () => {
  const lock = take();
  expect(lockHolder(file)).toEqual({ pid: process.pid, since: expect.stringMatching(/^20.*Z$/), alive: true });
  expect(take).toThrow(new RegExp(`^held by ${process.pid} since 20.*Z$`));
  lock.release();
  expect(lockHolder(file)).toBeUndefined();
  take().release();
  expect(readdirSync(join(folder, 'deep'))).toEqual([]);
});

test('it is let go when the action fails', async () => {
  const failing = withLock(file, refused, async () => {
    expect(take).toThrow('held by');
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(lockHolder(file)).toBeUndefined();
});

test('a lock that this process abandoned is stale', () => {
  take().abandon();
  expect(lockHolder(file)).toMatchObject({ pid: process.pid, alive: false });
  take().release();
});

test.each([
  ['a process that has ended', () => JSON.stringify({ pid: spawnSync(process.execPath, ['-e', '']).pid, start: 'before' })],
  ['a process whose number another one has now', () => JSON.stringify({ ...identify(process.ppid), start: 'before' })],
  ['nobody: the file is empty', () => ''],
  ['nobody: the file is damaged', () => 'null'],
])('the lock of %s is taken over', (_holder, text) => {
  left(text());
  expect(lockHolder(file)).toMatchObject({ alive: false });
  const lock = take();
  expect(lockHolder(file)).toMatchObject({ pid: process.pid, alive: true });
  lock.release();
  expect(readdirSync(join(folder, 'deep'))).toEqual([]);
});

test('the lock of another process that runs is respected', () => {
  left(JSON.stringify({ ...identify(process.ppid), since: 'noon' }));
  expect(take).toThrow(`held by ${process.ppid} since noon`);
});

test('who lets go removes nothing that somebody else has taken since its folder was removed', () => {
  const lock = take();
  rmSync(join(folder, 'deep'), { recursive: true });
  left(JSON.stringify({ ...identify(process.ppid), since: 'noon' }));
  lock.release();
  expect(existsSync(file)).toBe(true);
});

test('processes that find the same stale lock again and again: never two have it', async () => {
  const program = join(folder, 'contender.cjs');
  const source = join(__dirname, 'support/contender.ts');
  buildSync({ entryPoints: [source], outfile: program, bundle: true, platform: 'node', format: 'cjs' });
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const ends = Array.from({ length: 4 }, async () => {
    const child = spawn(process.execPath, [program, file, String(dead), '150'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        told += chunk;
      });
    }
    const code = await new Promise((resolve) => child.on('close', resolve));
    return { code, told };
  });
  expect(await Promise.all(ends)).toEqual(Array(4).fill({ code: 0, told: '' }));
});
