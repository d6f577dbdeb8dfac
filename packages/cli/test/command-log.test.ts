import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandLog } from '../src/command-log';
import { runProgram } from '../src/program';
import { TerminalProgress } from '../src/progress';

let home: string;
const before = process.env.LAKEWRIGHT_HOME;
const spies: jest.SpyInstance[] = [];
let stdout = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lakewright-log-'));
  process.env.LAKEWRIGHT_HOME = home;
  stdout = '';
  spies.push(jest.spyOn(process.stderr, 'write').mockReturnValue(true));
  spies.push(
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      stdout += String(chunk);
      return true;
    }),
  );
});
afterEach(() => {
  for (const spy of spies.splice(0)) spy.mockRestore();
  rmSync(home, { recursive: true, force: true });
});
afterAll(() => {
  if (before === undefined) delete process.env.LAKEWRIGHT_HOME;
  else process.env.LAKEWRIGHT_HOME = before;
});

const file = () => join(home, 'logs/lakewright.jsonl');
const lines = () =>
  readFileSync(file(), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('one line a command: name, run id, steps, exit code; an error by its code, and no argument', async () => {
  expect(await runProgram(['select', '--branch', 'main'])).toBe(0);
  expect(await runProgram(['select', '--branch', 'feature/ann-person'])).toBe(2);
  const [done, failed] = lines();
  expect(done).toEqual({
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    level: 'INFO',
    message: 'command ended',
    command: 'select',
    run_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/),
    seconds: expect.any(Number),
    steps: [],
    exit_code: 0,
  });
  expect(failed).toMatchObject({ level: 'ERROR', command: 'select', exit_code: 2, error_code: 'CLI_NO_ENVIRONMENT' });
  expect(failed?.run_id).not.toBe(done?.run_id);
  expect(readFileSync(file(), 'utf8')).not.toContain('ann');
});

test('steps are those of the progress, the failed one too', async () => {
  const log = new CommandLog();
  log.name('up');
  await log.during(async () => {
    const progress = new TerminalProgress();
    await progress.step('synth', async () => undefined);
    await progress.step('apply', async () => Promise.reject(new Error('no'))).catch(() => undefined);
  });
  log.end({ exitCode: 1 });
  expect(lines()).toMatchObject([
    {
      run_id: log.runId,
      steps: [
        { name: 'synth', seconds: expect.any(Number), status: 'done' },
        { name: 'apply', seconds: expect.any(Number), status: 'failed' },
      ],
    },
  ]);
  expect(CommandLog.current()).toBeUndefined();
});

test('logs lakewright shows its end', async () => {
  mkdirSync(join(home, 'logs'));
  writeFileSync(file(), '{"command":"one"}\n{"command":"two"}\n{"command":"three"}\n');
  expect(await runProgram(['logs', 'lakewright', '--lines', '2'])).toBe(0);
  expect(stdout).toBe('{"command":"two"}\n{"command":"three"}\n');
});

test('makes no home where there is none: a purge stays one', async () => {
  expect(await runProgram(['down', '--purge'])).toBe(0);
  expect(existsSync(home)).toBe(false);
});

test('wrong usage is no command', async () => {
  expect(await runProgram(['nope'])).toBe(2);
  expect(await runProgram(['--version'])).toBe(0);
  expect(existsSync(file())).toBe(false);
});

test('a log that cannot be written fails no command', async () => {
  writeFileSync(join(home, 'logs'), 'a file where the folder should be');
  expect(await runProgram(['select', '--branch', 'main'])).toBe(0);
});

test('at five megabytes it begins anew, and the one before stays', async () => {
  mkdirSync(join(home, 'logs'));
  writeFileSync(join(home, 'logs/lakewright.1.jsonl'), 'older');
  writeFileSync(file(), `${'x'.repeat(5_000_001)}\n`);
  await runProgram(['select', '--branch', 'main']);
  expect(readdirSync(join(home, 'logs')).sort()).toEqual(['lakewright.1.jsonl', 'lakewright.jsonl']);
  expect(lines()).toHaveLength(1);
  expect(readFileSync(join(home, 'logs/lakewright.1.jsonl'), 'utf8')).toHaveLength(5_000_002);
});
