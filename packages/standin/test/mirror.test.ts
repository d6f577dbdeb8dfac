import { spawn, spawnSync } from 'node:child_process';
import { lstatSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import { childEnvironment } from '@lakewright/config';
import { linkStandins, prepareStandins, type StandinKit } from '../src/index';
import { PROVIDERS, Workspace } from './support/terraform';

const QUEUE = { aws_sqs_queue: { jobs: { name: 'jobs', visibility_timeout_seconds: 30 } } };
const BUCKET = { aws_s3_bucket: { data: { bucket: 'first-bucket' } } };

let kit: StandinKit;
const workspaces: Workspace[] = [];

beforeAll(async () => {
  kit = await prepareStandins();
});

afterEach(() => {
  for (const workspace of workspaces.splice(0)) workspace.remove();
});

function linked(configuration: object): Workspace {
  const workspace = new Workspace().write(configuration);
  workspaces.push(workspace);
  linkStandins(workspace.folder, kit);
  return workspace;
}

test('a resource lives and dies: create, no change, update, replace, destroy', () => {
  const workspace = linked({ resource: { ...QUEUE, ...BUCKET } }).init();
  expect(workspace.plannedActions()).toEqual({ 'aws_s3_bucket.data': 'create', 'aws_sqs_queue.jobs': 'create' });
  workspace.apply();
  expect(workspace.plannedActions()).toEqual({});
  const before = workspace.state();

  const changed = {
    aws_sqs_queue: { jobs: { name: 'jobs', visibility_timeout_seconds: 60 } },
    aws_s3_bucket: { data: { bucket: 'second-bucket' } },
  };
  workspace.write({ resource: changed });
  expect(workspace.plannedActions()).toEqual({ 'aws_s3_bucket.data': 'delete,create', 'aws_sqs_queue.jobs': 'update' });
  workspace.apply();
  expect(workspace.plannedActions()).toEqual({});
  const after = workspace.state();
  expect(after['aws_s3_bucket.data']).toMatchObject({ id: 'second-bucket', arn: 'arn:aws:s3:::second-bucket' });
  expect(after['aws_sqs_queue.jobs']).toEqual({ ...before['aws_sqs_queue.jobs'], visibility_timeout_seconds: 60 });

  workspace.succeed('destroy', '-auto-approve');
  expect(workspace.state()).toEqual({});
});

test('the lock file is right as it is: Terraform neither changes nor completes it', () => {
  const workspace = linked({ resource: QUEUE });
  const file = join(workspace.folder, '.terraform.lock.hcl');
  const ours = readFileSync(file, 'utf8');
  workspace.succeed('init', '-lockfile=readonly');
  expect(readFileSync(file, 'utf8')).toBe(ours);

  // Without one Terraform computes the hashes itself: the same.
  rmSync(file);
  workspace.succeed('init');
  const hashes = (text: string) => text.match(/"h1:[^"]+"/g)?.sort();
  expect(hashes(readFileSync(file, 'utf8'))).toEqual(hashes(ours));
});

test('only the providers that the stack requires are locked, and linking again changes nothing', () => {
  const workspace = linked({
    terraform: { required_providers: { aws: { source: 'aws', version: '6.25.0' } } },
    provider: { aws: PROVIDERS.provider.aws },
    resource: QUEUE,
  });
  const file = join(workspace.folder, '.terraform.lock.hcl');
  const first = readFileSync(file, 'utf8');
  expect(first).toContain('registry.terraform.io/hashicorp/aws');
  expect(first).not.toContain('databricks');
  linkStandins(workspace.folder, kit);
  expect(readFileSync(file, 'utf8')).toBe(first);
  workspace.init();
});

test('plugins are relative links, for Terraform and for OpenTofu', () => {
  const { folder } = linked({ resource: QUEUE });
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  for (const host of ['registry.terraform.io', 'registry.opentofu.org']) {
    const file = join(folder, 'terraform.d/plugins', host, 'hashicorp/aws/6.25.0', platform, 'terraform-provider-aws_v6.25.0');
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(isAbsolute(readlinkSync(file))).toBe(false);
    expect(readFileSync(file, 'utf8')).toMatch(/^#!\/bin\/sh\n/);
  }
});

test('a stack that pins another version is refused with the versions', () => {
  const workspace = new Workspace().write({
    terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: '5.0.0' } } },
  });
  workspaces.push(workspace);
  expect(() => linkStandins(workspace.folder, kit)).toThrow(/hashicorp\/aws 5\.0\.0.*6\.25\.0/);
});

test('neither state nor plan nor folder hold credentials or absolute paths', () => {
  const workspace = linked({ resource: { ...QUEUE, ...BUCKET } }).init();
  const output = workspace.apply();
  const state = readFileSync(join(workspace.folder, 'terraform.tfstate'), 'utf8');
  for (const text of [output, state]) {
    expect(text).not.toContain('secret-of-the-provider');
    expect(text).not.toContain('AKIASECRETACCESSKEY1');
    expect(text).not.toContain('token-of-the-provider');
  }
  expect(state).not.toContain(workspace.folder);
  expect(state).not.toContain(kit.root);
});

test('logging everything does not log credentials from our side', () => {
  const log = new Workspace({ TF_LOG_PROVIDER: 'TRACE', TF_LOG_PATH: 'trace.log' }).write({ resource: QUEUE });
  workspaces.push(log);
  linkStandins(log.folder, kit);
  log.init().apply();
  expect(readFileSync(join(log.folder, 'trace.log'), 'utf8')).not.toMatch(/secret-of-the-provider|token-of-the-provider/);
});

test('the plugin ends when whoever started it is killed', async () => {
  const plugin = join(kit.folder, 'plugins/terraform-provider-databricks_v1.99.0');
  const starter = spawn('sh', ['-c', '"$0" & echo $!; wait', plugin], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: childEnvironment({
      TF_PLUGIN_MAGIC_COOKIE: 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2',
      PLUGIN_CLIENT_CERT: undefined,
    }),
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: starter.stdout })) {
    lines.push(line);
    if (lines.length === 2) break;
  }
  const pid = Number(lines.find((line) => /^\d+$/.test(line)));
  expect(lines.find((line) => line.includes('|'))).toMatch(/^1\|6\|tcp\|127\.0\.0\.1:\d+\|grpc\|$/);
  expect(isAlive(pid)).toBe(true);
  starter.kill('SIGKILL');
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 50));
});

test('run by hand the plugin says what it is', () => {
  const run = spawnSync(join(kit.folder, 'plugins/terraform-provider-aws_v6.25.0'), {
    encoding: 'utf8',
    env: childEnvironment({ TF_PLUGIN_MAGIC_COOKIE: undefined }),
  });
  expect(run.status).toBe(1);
  expect(run.stderr).toContain('terraform-provider-aws_v6.25.0 is a plugin that Terraform starts itself');
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
