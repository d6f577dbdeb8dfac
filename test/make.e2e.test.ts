import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allocatePorts, localPaths, projectRoot } from '@lakewright/config';
import { ensureServices, type LocalContext, openLocal, stopServices } from '@lakewright/local';
import { onPath } from '@lakewright/workflow';
import { type Ended, run } from './support/clone';

/** The Makefile by the real make, on a home of its own. */
const root = projectRoot();
const home = mkdtempSync(join(tmpdir(), 'lakewright-make-'));
const BUCKET = 'terraform-states';
let local: LocalContext;
let api: string;

beforeAll(async () => {
  if (!onPath(['make'])) throw new Error('make is not on PATH: apt-get install make, or xcode-select --install');
  const apiHome = join(home, 'api');
  local = await openLocal({ root, paths: localPaths(apiHome), ports: await allocatePorts(apiHome) });
  await ensureServices(local, { services: ['ministack'] });
  api = `http://127.0.0.1:${local.ports.aws}`;
  await fetch(`${api}/${BUCKET}`, { method: 'PUT' });
  const versioned = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
  await fetch(`${api}/${BUCKET}?versioning`, { method: 'PUT', body: versioned });
});
afterAll(async () => {
  await stopServices(local);
  rmSync(home, { recursive: true, force: true });
});

/** Without credentials and without a way to any account: only the S3 of this machine is told. */
function make(line: string, env: Record<string, string> = {}): Promise<Ended> {
  const words = line.split(' ').filter(Boolean);
  return run('make', words, { LAKEWRIGHT_HOME: home, AWS_EC2_METADATA_DISABLED: 'true', AWS_PROFILE: '', ...env });
}

const s3 = () => ({
  AWS_ENDPOINT_URL_S3: api,
  AWS_ENDPOINT_URL_STS: api,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  // A server of this machine has no name for each of its buckets.
  TF_CLI_ARGS_init: '-backend-config=use_path_style=true',
});
const stacksOf = (output: string) => [...output.matchAll(/^([a-z-]+): /gm)].map(([, stack]) => stack);

test('make alone checks the stacks of the system and those they read from', async () => {
  const { code, stdout } = await make('');
  expect([code, stdout]).toEqual([0, 'aws-foundation: valid\naws-certifications: valid\n']);
});

describe('local, with the state on this machine', () => {
  test('init and apply', async () => {
    const init = await make('init');
    expect(init.stdout).toMatch(
      /^aws-certifications: ready, its state in \S+\/\.state\/local\/aws-certifications\.tfstate \(local, locked\)$/m,
    );
    const applied = await make('apply');
    expect([applied.code, stacksOf(applied.stdout)]).toEqual([0, ['aws-foundation', 'aws-certifications']]);
    expect(applied.stdout).toContain('  + aws_sfn_state_machine.hudi_fl_cdc_pipeline\n');
  });

  test('show and graph tell what was applied', async () => {
    expect((await make('show')).stdout).toMatch(/^# aws_scheduler_schedule\.hudi_fl_cdc_pipeline:$/m);
    const graph = await make('graph');
    expect(graph.stdout).toMatch(/^digraph G \{\n/);
    expect(graph.stdout).toMatch(/"aws_sfn_state_machine\.hudi_fl_cdc_pipeline" -> "aws_cloudwatch_log_group\.machine_\w+"/);
  });

  test('destroy wants YES, and takes the system alone', async () => {
    const unsure = await make('destroy');
    expect([unsure.code === 0, unsure.stdout]).toEqual([false, '']);
    expect(unsure.stderr).toContain('YES=1');
    const destroyed = await make('destroy YES=1');
    expect([destroyed.code, stacksOf(destroyed.stdout)]).toEqual([0, ['aws-certifications']]);
    const state = JSON.parse(readFileSync(join(home, '.state/local/aws-certifications.tfstate'), 'utf8'));
    expect(state.resources).toEqual([]);
  });
});

test('S3BUCKET: the state lies in S3, encrypted and locked, and nothing of it here', async () => {
  const planned = await make('plan', { ...s3(), S3BUCKET: BUCKET });
  expect([planned.code, stacksOf(planned.stdout)]).toEqual([0, ['aws-foundation', 'aws-certifications']]);
  expect(planned.stdout).not.toContain('aws-foundation: 0 to create');
  const folder = join(home, 'cdktf.out/stacks/aws-foundation');
  const { backend } = JSON.parse(readFileSync(join(folder, '.terraform/terraform.tfstate'), 'utf8')) as { backend: unknown };
  expect(backend).toMatchObject({
    type: 's3',
    config: { bucket: BUCKET, key: 'local/aws-foundation', region: 'eu-west-1', encrypt: true, use_lockfile: true },
  });

  // Where versions are kept, the lock that lay beside the state while Terraform was at work is still to be found.
  const versions = await (await fetch(`${api}/${BUCKET}?versions&prefix=local/aws-foundation`)).text();
  expect(versions).toContain('<Key>local/aws-foundation.tflock</Key>');
});

test('prod without an account: OFFLINE plans it; without a bucket, and for destroy, it is refused', async () => {
  const planned = await make('plan ENV=prod OFFLINE=1');
  expect([planned.code, stacksOf(planned.stdout)]).toEqual([0, ['aws-foundation', 'aws-certifications']]);
  expect(planned.stdout).toContain('  + aws_sfn_state_machine.hudi_fl_cdc_pipeline\n');
  for (const [line, says] of [
    ['plan ENV=prod', 'the state of prod must not be kept on this machine'],
    [`destroy ENV=prod YES=1 S3BUCKET=${BUCKET}`, 'prod may not lose data'],
    ['SYSTEM=nothing', 'no system "nothing"'],
    ['plan S3BUCKET=No_Bucket', 'got "s3:No_Bucket"'],
  ] as const) {
    const { code, stdout, stderr } = await make(line);
    expect([line, code === 0, stdout]).toEqual([line, false, '']);
    expect(stderr).toContain(says);
  }
});
