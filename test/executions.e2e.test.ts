import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateMachineDefinition } from '@lakewright/constructs';
import type { MachineView } from '@lakewright/dashboard';
import { ensureServices, readDeployment, reconcile, saveDeployment } from '@lakewright/local';
import { type TestHome, testHome } from '../packages/local/test/support/home';
import { stateOf } from '../packages/local/test/support/state';
import { type Ended, run } from './support/clone';

/** Executions of a state machine as a user sees them: the command of the checkout, on a machine of its own that really runs. */
const MACHINE = 'hudi_fl_cdc_pipeline';
let home: TestHome;

/** Two tables one after the other; the one that is called broken fails inside, is caught, and fails the execution at its end. */
function definition(tables: readonly string[]): StateMachineDefinition {
  return {
    Comment: 'Each table, then the end',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: 60,
    StartAt: 'Begin',
    States: {
      Begin: { Type: 'Pass', Next: 'Each table' },
      'Each table': {
        Type: 'Map',
        Items: tables,
        MaxConcurrency: 1,
        ItemProcessor: {
          StartAt: 'Load',
          States: {
            Load: {
              Type: 'Parallel',
              Branches: [
                {
                  StartAt: 'Broken?',
                  States: {
                    'Broken?': {
                      Type: 'Choice',
                      Choices: [{ Condition: "{% $states.input = 'broken' %}", Next: 'Job failed' }],
                      Default: 'Look',
                    },
                    Look: { Type: 'Wait', Seconds: 1, End: true },
                    'Job failed': { Type: 'Fail', Error: 'JobFailed', Cause: 'a column is missing' },
                  },
                },
              ],
              Catch: [{ ErrorEquals: ['JobFailed'], Output: '{% $states.errorOutput.Cause %}', Next: 'Note' }],
              Next: 'Note',
            },
            Note: { Type: 'Pass', End: true },
          },
        },
        Assign: { failed: "{% 'a column is missing' in $states.result %}" },
        Next: 'All good?',
      },
      'All good?': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $failed %}', Next: 'Tables failed' }],
        Default: 'Done',
      },
      'Tables failed': { Type: 'Fail', Error: 'TablesFailed', Cause: 'users: a column is missing' },
      Done: { Type: 'Succeed' },
    },
  };
}

function lakewright(...args: string[]): Promise<Ended> {
  return run(process.execPath, ['packages/cli/bin/lakewright.mjs', ...args], { LAKEWRIGHT_HOME: home.paths.home });
}

function deployment(tables: readonly string[]) {
  const values = {
    name: MACHINE,
    arn: `arn:aws:states:eu-west-1:000000000000:stateMachine:${MACHINE}`,
    role_arn: 'arn:aws:iam::000000000000:role/machine',
    definition: JSON.stringify(definition(tables)),
  };
  return readDeployment(home, [stateOf('aws-certifications', 'test', [['aws_sfn_state_machine', 'machine', values]])]);
}

async function deploy(tables: readonly string[]): Promise<void> {
  saveDeployment(home, deployment(tables));
  await reconcile(home, deployment(tables));
}

async function status() {
  const { code, stdout } = await lakewright('status', '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout).machines;
}

beforeAll(async () => {
  home = await testHome();
  await ensureServices(home, { services: ['ministack'] });
  writeFileSync(join(home.paths.home, 'ports.json'), JSON.stringify(home.ports));
});
afterAll(() => home?.dispose());

test('before the first execution', async () => {
  await deploy(['users', 'vendors']);
  expect(await status()).toEqual([{ machine: MACHINE, executions: [] }]);
});

test('an execution that succeeds: exit 0, how it ended, its path with the states inside, and what took the time', async () => {
  const { code, stdout, stderr } = await lakewright('run', 'certifications', MACHINE);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/done .* s {2}certifications .*\(SUCCEEDED, 8 states\)/),
  });
  const [runId, ended, path, ...table] = stdout.split('\n');
  const id = runId!.replace('run id: ', '');
  expect(ended).toMatch(new RegExp(`^execution ${id} of ${MACHINE}: SUCCEEDED after \\d+\\.\\d s$`));
  expect(path).toBe('path: Begin, Each table, Load (×2), Broken? (×2), Look (×2), Note (×2), All good?, Done');
  const cells = table
    .filter((line) => line.startsWith('│'))
    .map((line) =>
      line
        .split('│')
        .map((cell) => cell.trim())
        .slice(1, 5),
    );
  expect(cells).toEqual([
    ['state', 'kind', 'entered', 'failed'],
    ['Each table', 'Map', '1', ''],
    ['Load', 'Parallel', '2', ''],
    ['Look', 'Wait', '2', ''],
  ]);
});

test('one that fails: exit 1 with the name of the error and its cause; the summary is printed all the same', async () => {
  await deploy(['broken', 'users']);
  const { code, stdout, stderr } = await lakewright('run', 'certifications', MACHINE, '--json');
  expect(code).toBe(1);
  expect(stderr).toMatch(/LOCAL_EXECUTION_FAILED: the execution .* failed: TablesFailed: users: a column is missing\n {2}hint: /);
  const { execution } = JSON.parse(stdout);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'TablesFailed', cause: 'users: a column is missing' });
  expect(execution.path).toEqual([
    'Begin',
    'Each table',
    'Load',
    'Broken?',
    'Job failed',
    'Note',
    'Load',
    'Broken?',
    'Look',
    'Note',
    'All good?',
    'Tables failed',
  ]);
});

test('status tells the last executions of the machine, latest first', async () => {
  const [{ machine, executions }] = await status();
  expect(machine).toBe(MACHINE);
  expect(executions).toMatchObject([
    { status: 'FAILED', error: 'TablesFailed', cause: 'users: a column is missing', startedAt: expect.stringMatching(/^20.*Z$/) },
    { status: 'SUCCEEDED', seconds: expect.any(Number), endedAt: expect.stringMatching(/^20.*Z$/) },
  ]);
  const { stdout } = await lakewright('status');
  expect(stdout).toMatch(new RegExp(`${executions[0].name} +│ FAILED +│ 20\\S+Z +│ \\d+\\.\\d +│ Begin, Each table, Load`));
  expect(stdout).toContain('TablesFailed: users: a column is missing');
});

test('the page of the machine has its states, those inside others too, and its executions', async () => {
  const web = `http://127.0.0.1:${home.ports.web}`;
  expect(await (await fetch(`${web}/`)).text()).toContain('last execution: failed');
  const view = (await (await fetch(`${web}/api/machines/${MACHINE}`)).json()) as MachineView;
  expect(view.executions?.map(({ status }) => status)).toEqual(['failed', 'success']);
  const states = view.states.map(({ name, inside, status, entered }) => [name, inside, status, entered]);
  expect(states).toEqual([
    ['Begin', undefined, 'success', 1],
    ['Each table', undefined, 'success', 1],
    ['Load', 'Each table', 'success', 2],
    ['Broken?', 'Load', 'success', 2],
    ['Look', 'Load', 'success', 1],
    ['Job failed', 'Load', 'failed', 1],
    ['Note', 'Each table', 'success', 2],
    ['All good?', undefined, 'success', 1],
    ['Tables failed', undefined, 'failed', 1],
    ['Done', undefined, 'never', 0],
  ]);
  expect(await (await fetch(`${web}/machines/${MACHINE}`)).text()).toContain('TablesFailed: users: a column is missing');
});

test('while services are stopped: status says so, and so does the page of a server that still runs', async () => {
  await lakewright('down');
  const { code, stdout } = await lakewright('status');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(new RegExp(`${MACHINE} +│ unknown +│ +│ +│ ministack does not run`)),
  });
  await ensureServices(home, { services: ['web'] });
  const page = await (await fetch(`http://127.0.0.1:${home.ports.web}/machines/${MACHINE}`)).text();
  expect(page).toContain('The AWS API does not run');
});
