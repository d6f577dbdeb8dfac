// Everything that must pass: lint, types, Python checks, then jest. Ends with `N passed, N failed, N skipped`.
// Arguments go to jest: npm test -- packages/lakeflow
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const python = join(root, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const bin = (name) => join(root, 'node_modules/.bin', name);
const jestArguments = process.argv.slice(2);
// Something is not on this machine (packages/config, EXIT).
const MISSING = 3;
const result = { passed: 0, failed: 0, skipped: [] };

if (jestArguments.length === 0) {
  check('lint and format (biome)', bin('biome'), ['check', '--error-on-warnings', '.']);
  check('types (tsc)', bin('tsc'), ['-p', '.']);
  const sources = shippedPython();
  check('Python lint (ruff)', python, ['-m', 'ruff', 'check', '--no-cache', ...sources]);
  check('Python format (ruff)', python, ['-m', 'ruff', 'format', '--no-cache', '--check', ...sources]);
  check('Python types (mypy)', python, [
    '-m',
    'mypy',
    '--strict',
    '--ignore-missing-imports',
    '--cache-dir',
    join(root, 'node_modules/.cache/mypy'),
    ...sources,
  ]);
}
installSpark();
runJest();

for (const name of result.skipped) process.stdout.write(`skipped: ${name}\n`);
process.stdout.write(`${result.passed} passed, ${result.failed} failed, ${result.skipped.length} skipped\n`);
process.exit(result.failed > 0 || result.passed === 0 ? 1 : 0);

function check(name, command, args) {
  process.stdout.write(`${name}\n`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) result.passed += 1;
  else {
    result.failed += 1;
    process.stdout.write(`FAILED: ${name}\n`);
  }
}

/** The Spark of Glue, once, before suites that need it look for it at the same time. Without Java they are skipped and say so. */
function installSpark() {
  const options = { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] };
  const { status } = spawnSync(process.execPath, [join(root, 'tooling/spark.mjs'), 'glue'], options);
  if (status === 0 || status === MISSING) return;
  result.failed += 1;
  process.stdout.write('FAILED: the Spark of Glue could not be installed\n');
}

function runJest() {
  const folder = mkdtempSync(join(tmpdir(), 'lakewright-test-'));
  const report = join(folder, 'jest.json');
  try {
    spawnSync(
      process.execPath,
      [join(root, 'node_modules/jest/bin/jest.js'), '--ci', '--json', `--outputFile=${report}`, ...jestArguments],
      {
        cwd: root,
        // jest prints the report to standard output as well: the progress on standard error is what a reader wants.
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
    for (const suite of testResults) {
      if (suite.assertionResults.length === 0 && suite.status === 'failed') result.failed += 1;
      for (const test of suite.assertionResults) {
        if (test.status === 'passed') result.passed += 1;
        else if (test.status === 'failed') result.failed += 1;
        else result.skipped.push(test.fullName);
      }
    }
  } catch (error) {
    result.failed += 1;
    process.stdout.write(`FAILED: jest left no report: ${error.message}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Python files that git knows, or would know: those that ship. */
function shippedPython() {
  const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.py'], {
    cwd: root,
    encoding: 'utf8',
  });
  const files = listed.stdout.split('\n').filter(Boolean);
  return files.length > 0 ? files : ['tooling'];
}
