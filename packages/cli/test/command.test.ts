import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot, pythonExecutable } from '@lakewright/config';

/** The command as a shell runs it: exit codes, what goes to which stream, and what a terminal shows. */
const BIN = join(projectRoot(), 'packages/cli/bin/lakewright.mjs');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lakewright-command-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(command: string, args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const { CI: _ci, NO_COLOR: _color, ...inherited } = process.env;
  const child = spawn(command, args, { env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { code, ...text };
}

function lakewright(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return run(process.execPath, [BIN, ...args], { LAKEWRIGHT_HOME: join(folder, 'home'), ...env });
}

test('0: done, the result on standard output', async () => {
  expect(await lakewright(['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
});

test('1: failed, with code and hint on standard error', async () => {
  const home = join(folder, 'damaged');
  mkdirSync(home);
  writeFileSync(join(home, 'ports.json'), '{');
  const ended = await lakewright(['status', '--json'], { LAKEWRIGHT_HOME: home });
  expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^CONFIG_PORTS: .*\n {2}hint: /) });
});

test('2: wrong usage', async () => {
  expect(await lakewright(['sql', 'SELECT 1', '--format', 'xml'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('Allowed choices are table, json, csv'),
  });
});

test('3: doctor on a machine without Terraform, as JSON', async () => {
  const { code, stdout, stderr } = await lakewright(['doctor', '--json'], { PATH: join(folder, 'nothing') });
  expect(code).toBe(3);
  const { ok, checks } = JSON.parse(stdout);
  expect(ok).toBe(false);
  expect(checks).toContainEqual(expect.objectContaining({ check: 'Terraform', state: 'missing' }));
  expect(stderr).toMatch(/^CLI_MISSING: .*Terraform/);
});

/** Runs `down` on a pseudo-terminal and returns what the terminal got. */
async function onTerminal(): Promise<string> {
  const command = JSON.stringify([process.execPath, BIN, 'down']);
  const script = `import os, pty, sys\nsys.exit(os.waitstatus_to_exitcode(pty.spawn(${command})))`;
  const env = { LAKEWRIGHT_HOME: join(folder, 'terminal'), TERM: 'xterm' };
  const { code, stdout } = await run(pythonExecutable(projectRoot()), ['-c', script], env);
  expect(code).toBe(0);
  return stdout;
}

const ESCAPE = '\u001b';

test('on a terminal the running step is seen while it runs; the line that stays is coloured', async () => {
  const seen = await onTerminal();
  expect(seen).toContain('s  stop services');
  expect(seen).toContain(`${ESCAPE}[2K`);
  expect(seen).toContain(`${ESCAPE}[32mdone${ESCAPE}[39m`);
});
