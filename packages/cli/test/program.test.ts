import { buildProgram } from '../src/program';
import { captured } from './support';

test.each(
  buildProgram().commands.map((command) => command.name()),
)('%s --help says what it does, with an example', async (name) => {
  const { code, stdout } = await captured([name, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`Examples?:\\n +lakewright ${name}`));
});

test('the commands are those of the documentation', () => {
  expect(buildProgram().commands.map((command) => command.name())).toEqual([
    'up',
    'run',
    'watch',
    'sql',
    'athena',
    'parity',
    'status',
    'events',
    'logs',
    'open',
    'down',
    'plan',
    'apply',
    'destroy',
    'init',
    'validate',
    'show',
    'graph',
    'export',
    'new',
    'select',
    'doctor',
    'completion',
  ]);
});

test.each([
  [['nope']],
  [['sql']],
  [['up', '--nope']],
  [['sql', 'SELECT 1', '--format', 'xml']],
  [['sql', 'SELECT 1', '--file', 'q.sql']],
  [['sql', '--file', 'no-such-file.sql']],
  [['parity']],
  [['destroy']],
  [['plan', '--env', 'moon']],
  [['completion', 'tcsh']],
])('%j is wrong usage: exit 2', async (args) => {
  const { code, stdout, stderr } = await captured(args);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).not.toBe('');
});

test('a merge to main deploys staging, to develop dev, to release prod', async () => {
  const environments: Record<string, string>[] = [];
  for (const branch of ['main', 'develop', 'release']) {
    environments.push(JSON.parse((await captured(['select', '--branch', branch])).stdout));
  }
  expect(environments.map(({ environment }) => environment)).toEqual(['staging', 'dev', 'prod']);
  expect(environments[0]?.role).toBe('arn:aws:iam::222222222222:role/lakewright/github-delivery');
});

test('a branch that delivers nothing is refused', async () => {
  expect(await captured(['select', '--branch', 'feature/x'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('CLI_NO_ENVIRONMENT'),
  });
});
