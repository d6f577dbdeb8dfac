import { CreateDatabaseCommand, CreateTableCommand } from '@aws-sdk/client-glue';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { hudiPipeline, validateDefinition } from '@lakewright/constructs';
import { GlueFault, type JsonApi, startJsonApi } from '@lakewright/glue/json-api';
import { ensureServices } from '@lakewright/local';
import { zipSync } from 'fflate';
import { type TestHome, testHome } from '../packages/local/test/support/home';
import { type AwsClients, awsClients, type Execution, executeMachine } from '../packages/local/test/support/machine';

/** One path through the machine after the other, really executed; DMS and Glue say what the path wants them to say. */
const TASK = 'arn:aws:dms:eu-west-1:000000000000:task:certifications';
const ROLE = 'arn:aws:iam::000000000000:role/machine';

let home: TestHome;
let aws: AwsClients;
let apis: JsonApi[] = [];
let register: string;
let machines = 0;

/** What the services answer, and what they were asked. */
interface Script {
  /** Answers of DescribeReplicationTasks, one after the other; the last one stays. */
  readonly tasks: { Status: string; percent?: number; load?: number; LastFailureMessage?: string }[];
  /** By job, how its runs end, one after the other; the last one stays. @default SUCCEEDED */
  readonly jobs?: Record<string, (string | 'busy')[]>;
  readonly asked: string[];
}
let script: Script;

/** The next of a list whose last element stays. */
function next<T>(list: T[]): T {
  return list.length > 1 ? list.shift()! : list[0]!;
}

const dms = {
  DescribeReplicationTasks: () => {
    const { percent = 0, load, ...task } = next(script.tasks);
    const stats = { FullLoadProgressPercent: percent, FullLoadFinishDate: load };
    return {
      ReplicationTasks: [{ ReplicationTaskIdentifier: 'certifications', ...task, ReplicationTaskStats: stats }],
    };
  },
  StartReplicationTask: ({ StartReplicationTaskType }: Record<string, unknown>) => {
    script.asked.push(String(StartReplicationTaskType));
    return { ReplicationTask: {} };
  },
};
const glue = {
  StartJobRun: ({ JobName }: Record<string, unknown>) => {
    const job = String(JobName);
    if (script.jobs?.[job]?.[0] === 'busy') {
      next(script.jobs[job]);
      throw new GlueFault('ConcurrentRunsExceededException', 'one at once');
    }
    script.asked.push(job);
    return { JobRunId: `jr_${script.asked.length}` };
  },
  GetJobRun: ({ JobName, RunId }: Record<string, unknown>) => {
    const JobRunState = next(script.jobs?.[String(JobName)] ?? ['SUCCEEDED']);
    const failed = JobRunState === 'FAILED' ? { ErrorMessage: 'ValueError: a column is missing' } : {};
    return { JobRun: { Id: RunId, JobName, JobRunState, ...failed } };
  },
};

beforeAll(async () => {
  home = await testHome();
  await ensureServices(home, { services: ['ministack'] });
  aws = awsClients(home);
  apis = await Promise.all([
    startJsonApi({ port: home.ports.dms, target: 'AmazonDMSv20160101', actions: dms }),
    startJsonApi({ port: home.ports.glue, target: 'AWSGlue', actions: glue }),
  ]);
  register = await makeRegister();
  await aws.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'known' } }));
  await aws.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'empty' } }));
  for (const Name of ['users', 'vendors']) {
    await aws.glue.send(
      new CreateTableCommand({ DatabaseName: 'known', TableInput: { Name, Parameters: { full_load: '1700000000.5' } } }),
    );
  }
});
afterAll(async () => {
  aws?.close();
  await Promise.all(apis.map((api) => api.close()));
  await home?.dispose();
});

/** A function that refuses the table "broken". */
async function makeRegister(): Promise<string> {
  const code =
    "export const handler = async ({ table }) => { if (table === 'broken') throw new Error('no commit of broken'); return { table }; };";
  const { FunctionArn } = await aws.lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'register',
      Role: ROLE,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: zipSync({ 'index.mjs': Buffer.from(code) }) },
    }),
  );
  return FunctionArn!;
}

async function execute(given: Omit<Script, 'asked'>, database: string, tables = ['users', 'vendors']): Promise<Execution> {
  script = { ...given, asked: [] };
  const definition = hudiPipeline({
    replicationTaskArn: TASK,
    database,
    tables: tables.map((name) => ({ name, fullLoadJob: `${name}_full_load`, cdcJob: `${name}_cdc` })),
    goldJobs: [{ job: 'counts', database: 'gold', table: 'counts' }],
    registerFunctionArn: register,
    pollSeconds: 2,
    concurrency: 1,
  });
  validateDefinition(definition);
  machines += 1;
  return executeMachine(aws, `machine_${machines}`, definition);
}

const RUNNING = [{ Status: 'running', percent: 100, load: 1_700_000_000.5 }];

test('the first time: replication is started and waited for, tables are loaded, then their changes, then gold', async () => {
  const tasks = [{ Status: 'ready' }, { Status: 'starting' }, { Status: 'running', percent: 50 }, ...RUNNING];
  const execution = await execute({ tasks }, 'empty');
  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  expect(script.asked).toEqual([
    'start-replication',
    'users_full_load',
    'users_cdc',
    'vendors_full_load',
    'vendors_cdc',
    'counts',
  ]);
  expect(execution.path.filter((state) => state === 'Wait for replication')).toHaveLength(3);
});

test('later: a task that runs is left alone, and tables of the catalog take their changes only', async () => {
  expect(await execute({ tasks: RUNNING }, 'known')).toMatchObject({ status: 'SUCCEEDED' });
  expect(script.asked).toEqual(['users_cdc', 'vendors_cdc', 'counts']);
});

test('after a reload of the task, tables are loaded anew before their changes', async () => {
  const tasks = [{ Status: 'running', percent: 100, load: 1_700_000_999 }];
  expect(await execute({ tasks }, 'known')).toMatchObject({ status: 'SUCCEEDED' });
  expect(script.asked).toEqual(['users_full_load', 'users_cdc', 'vendors_full_load', 'vendors_cdc', 'counts']);
});

test('a task that was stopped goes on where it was', async () => {
  expect(await execute({ tasks: [{ Status: 'stopped' }, ...RUNNING] }, 'known')).toMatchObject({ status: 'SUCCEEDED' });
  expect(script.asked[0]).toBe('resume-processing');
});

test('a task that failed ends the execution with what it says, and no job is started', async () => {
  const tasks = [{ Status: 'failed', LastFailureMessage: 'the binary log is gone' }];
  expect(await execute({ tasks }, 'known')).toMatchObject({
    status: 'FAILED',
    error: 'ReplicationFailed',
    cause: 'certifications failed: the binary log is gone',
  });
  expect(script.asked).toEqual([]);
});

test('a job that fails is tried again', async () => {
  const jobs = { users_cdc: ['RUNNING', 'FAILED', 'SUCCEEDED'] };
  expect(await execute({ tasks: RUNNING, jobs }, 'known')).toMatchObject({ status: 'SUCCEEDED' });
  expect(script.asked).toEqual(['users_cdc', 'users_cdc', 'vendors_cdc', 'counts']);
});

test('a table whose job fails twice does not stop another one, but gold, and is told with its cause', async () => {
  const jobs = { users_cdc: ['FAILED'] };
  const execution = await execute({ tasks: RUNNING, jobs }, 'known');
  expect(execution).toMatchObject({
    status: 'FAILED',
    error: 'TablesFailed',
    cause: 'users: users_cdc FAILED: ValueError: a column is missing',
  });
  expect(script.asked).toEqual(['users_cdc', 'users_cdc', 'vendors_cdc']);
  expect(execution.path).toContain('Table failed');
});

test('both tables that fail are told', async () => {
  const jobs = { users_cdc: ['TIMEOUT'], vendors_cdc: ['FAILED'] };
  expect((await execute({ tasks: RUNNING, jobs }, 'known')).cause).toBe(
    'users: users_cdc TIMEOUT: no message; vendors: vendors_cdc FAILED: ValueError: a column is missing',
  );
});

test('a table that cannot be registered is told by the name of its function and its error', async () => {
  const execution = await execute({ tasks: RUNNING }, 'empty', ['broken']);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'TablesFailed' });
  expect(execution.cause).toMatch(/^broken: .*no commit of broken/);
  expect(script.asked).toEqual(['broken_full_load']);
});

test('a job that still runs is waited for', async () => {
  const jobs = { counts: ['busy', 'busy', 'SUCCEEDED'] };
  expect(await execute({ tasks: RUNNING, jobs }, 'known', [])).toMatchObject({ status: 'SUCCEEDED' });
  expect(script.asked).toEqual(['counts']);
});

test('gold that fails ends the execution with its cause', async () => {
  const jobs = { counts: ['FAILED'] };
  expect(await execute({ tasks: RUNNING, jobs }, 'known')).toMatchObject({
    status: 'FAILED',
    error: 'GoldFailed',
    cause: 'counts FAILED: ValueError: a column is missing',
  });
  expect(script.asked).toEqual(['users_cdc', 'vendors_cdc', 'counts', 'counts']);
});
