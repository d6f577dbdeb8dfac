import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atLeast, projectRoot } from '@lakewright/config';
import { identify } from '@lakewright/process';
import type { CheckResult } from '../src/doctor/check';
import { examine } from '../src/doctor/examine';
import { checkGlueSpark, checkJava, checkNode, checkTerraform } from '../src/doctor/machine';
import { checkPlane } from '../src/doctor/plane';

const root = projectRoot();
const before = { ...process.env };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lakewright-doctor-'));
  process.env.LAKEWRIGHT_HOME = join(folder, 'home');
});
afterEach(() => {
  process.env = { ...before };
  rmSync(folder, { recursive: true, force: true });
});

/** What is found out about the local plane. */
async function found(check: string): Promise<CheckResult | undefined> {
  return (await checkPlane(root)).find((result) => result.check === check);
}

/** A clone that has been started once: it has ports. */
function startedOnce(ports: { aws: number; engine: number; web: number }): string {
  const home = join(folder, 'home');
  mkdirSync(join(home, 'services'), { recursive: true });
  writeFileSync(join(home, 'ports.json'), JSON.stringify(ports));
  return home;
}

test('a machine with everything lacks nothing, and looking changes nothing', async () => {
  const results = await examine(root);
  expect(results.filter(({ state }) => state === 'missing')).toEqual([]);
  expect(results.map(({ check }) => check)).toEqual([
    'Node',
    'Python',
    'Terraform',
    'disk space',
    'home folder',
    'Java',
    'Spark of Glue jobs',
    'MariaDB',
    'Chromium',
    'services',
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

test('programs that are not on PATH: required ones are missing, optional ones a note; each says how to get it', async () => {
  process.env.PATH = join(folder, 'empty');
  const results = await examine(root);
  const states = Object.fromEntries(results.map(({ check, state }) => [check, state]));
  expect(states).toMatchObject({ Terraform: 'missing', Java: 'note', Chromium: 'note', Node: 'ok', Python: 'ok' });
  for (const { state, hint } of results) if (state !== 'ok') expect(hint).toMatch(/\w+\.\w+/);
});

test.each([
  ['20.19.0', 'ok'],
  ['22.1.0', 'ok'],
  ['20.9.0', 'missing'],
  ['21.7.0', 'missing'],
  ['24.0.0', 'missing'],
])('Node %s is %s', (version, state) => {
  expect(checkNode(version).state).toBe(state);
});

test('an old Terraform counts as none', () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'terraform'), '#!/bin/sh\necho \'{"terraform_version": "1.5.7"}\'\n', { mode: 0o755 });
  for (const name of ['sh', 'echo']) symlinkSync(`/bin/${name}`, join(bin, name));
  process.env.PATH = bin;
  expect(checkTerraform()).toMatchObject({
    state: 'missing',
    found: expect.stringContaining('1.5.7'),
    hint: expect.stringContaining('install'),
  });
});

/** A folder with a `java` that says which one it is. */
function javaHome(version: string): string {
  const home = join(folder, `java-${version}`);
  mkdirSync(join(home, 'bin'), { recursive: true });
  const said = `openjdk version "${version}" 2021-01-19`;
  writeFileSync(join(home, 'bin', 'java'), `#!${process.execPath}\nconsole.error(${JSON.stringify(said)})\n`, { mode: 0o755 });
  return home;
}

test.each([
  ['17.0.9', 'ok'],
  ['11.0.10', 'note'],
])('Java %s is %s, on PATH as in JAVA_HOME', (version, state) => {
  process.env.PATH = join(javaHome(version), 'bin');
  process.env.JAVA_HOME = '';
  expect(checkJava(root)).toMatchObject({ state, found: version });
  process.env.PATH = join(folder, 'empty');
  process.env.JAVA_HOME = javaHome(version);
  expect(checkJava(root)).toMatchObject({ state, found: version });
});

test('without Java: the systems whose Glue jobs need it, and where it comes from', () => {
  process.env.PATH = join(folder, 'empty');
  process.env.JAVA_HOME = '';
  const hint = /^Glue jobs of certifications run on Java 17 or later: adoptium\.net/;
  expect(checkJava(root)).toEqual({ state: 'note', found: 'none', hint: expect.stringMatching(hint) });
  process.env.JAVA_HOME = join(folder, 'nothing');
  expect(checkJava(root)).toMatchObject({ state: 'note', found: `none in JAVA_HOME (${join(folder, 'nothing')})` });
});

test('Spark of Glue jobs that is not installed is a note that says how, and looking installs nothing', () => {
  process.env.LAKEWRIGHT_TOOLS = join(folder, 'tools');
  expect(checkGlueSpark(root)).toMatchObject({ state: 'note', hint: expect.stringContaining('node tooling/spark.mjs glue') });
  expect(readdirSync(folder)).toEqual([]);
});

test('versions compare by their numbers', () => {
  expect(atLeast('3.11.2', '3.9')).toBe(true);
  expect(atLeast('3.9.18', '3.11')).toBe(false);
  expect(atLeast('17', '17')).toBe(true);
  expect(atLeast('1.9.0-beta1', '1.9')).toBe(true);
});

test('a port that somebody else took is missing, with his name; free ones are fine', async () => {
  const thief = createServer();
  const port = await new Promise<number>((resolve) => {
    thief.listen(0, '127.0.0.1', () => resolve((thief.address() as { port: number }).port));
  });
  startedOnce({ aws: port, engine: port === 1025 ? 1026 : 1025, web: 1027 });
  try {
    expect(await found('service ministack')).toMatchObject({
      state: 'missing',
      found: expect.stringContaining(`port ${port} is taken`),
    });
    expect(await found('service sail')).toMatchObject({ state: 'ok', found: 'stopped; port 1025 is free' });
  } finally {
    await new Promise((resolve) => thief.close(resolve));
  }
});

test('locks of ended processes are told; those of running ones too, and neither stops anything', async () => {
  const home = startedOnce({ aws: 1025, engine: 1026, web: 1027 });
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(join(home, 'services', 'busy.lock'), JSON.stringify({ pid, start: 'long ago' }));
  writeFileSync(join(home, 'command.lock'), JSON.stringify({ pid, start: 'long ago' }));
  const pipeline = join(home, 'lake', '.pipelines', 'c', 'p');
  mkdirSync(pipeline, { recursive: true });
  writeFileSync(join(pipeline, 'lock'), JSON.stringify(identify(process.ppid)));
  expect(await found('lock of services')).toMatchObject({ state: 'note', found: `left by process ${pid}, which has ended` });
  expect(await found('lock of command')).toMatchObject({ state: 'note', found: `left by process ${pid}, which has ended` });
  expect(await found('lock of pipeline p')).toMatchObject({ state: 'ok', found: `held by process ${process.ppid}, which runs` });
});

test('a damaged file of ports is a finding, not a crash', async () => {
  writeFileSync(join(startedOnce({ aws: 1, engine: 2, web: 3 }), 'ports.json'), '{');
  expect((await examine(root)).at(-1)).toMatchObject({
    check: 'services',
    state: 'missing',
    hint: 'remove it, then lakewright up: it chooses other ports and deploys them',
  });
});
