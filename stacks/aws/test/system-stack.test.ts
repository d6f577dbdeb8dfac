import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEnvironment, projectRoot, readManifest } from '@lakewright/config';
import { App } from 'cdktf';
import type { Construct } from 'constructs';
import type { Attributes, StackJson } from '../../../test/support/synthesized-environment';
import { AwsFoundationStack, type AwsSystemProps, AwsSystemStack } from '../src';

async function synthesized(
  Stack: new (scope: Construct, props: AwsSystemProps) => AwsSystemStack,
  system = 'listings',
): Promise<StackJson> {
  const outdir = mkdtempSync(join(tmpdir(), 'lakewright-system-'));
  try {
    const app = new App({ outdir, stackTraces: false });
    const environment = await loadEnvironment({ name: 'dev', offline: false });
    const foundation = new AwsFoundationStack(app, environment);
    new Stack(app, { system, environment, foundation });
    app.synth();
    return JSON.parse(readFileSync(join(outdir, `stacks/aws-${system}/cdk.tf.json`), 'utf8'));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const all = (stack: StackJson, type: string): Attributes[] => Object.values(stack.resource[type] ?? {});

test('minimal: the key of the system and the bucket that its tables lie in, tagged and logged', async () => {
  const stack = await synthesized(class extends AwsSystemStack {});
  expect(all(stack, 'aws_s3_bucket').map(({ bucket }) => bucket)).toEqual(['lakewright-listings-lake-dev-111111111111']);
  expect(all(stack, 'aws_s3_bucket_logging')).toHaveLength(1);
  expect(all(stack, 'aws_kms_alias').map(({ name }) => name)).toEqual(['alias/lakewright-listings']);
  expect(JSON.stringify(stack)).toContain('"system":"listings"');
  expect(all(stack, 'aws_cloudwatch_dashboard')).toEqual([]);
});

test('a system without a catalog in Databricks has no bucket for one', async () => {
  const folder = readManifest(projectRoot(), 'certifications');
  expect(folder.stacks).toEqual(['aws']);
  const stack = await synthesized(class extends AwsSystemStack {}, 'certifications');
  expect(all(stack, 'aws_s3_bucket')).toEqual([]);
  const asking = synthesized(
    class extends AwsSystemStack {
      constructor(scope: Construct, props: AwsSystemProps) {
        super(scope, props);
        this.addOutputs({ lake: this.lake.bucketName });
      }
    },
    'certifications',
  );
  await expect(asking).rejects.toMatchObject({ code: 'STACK_NO_LAKE' });
});

test('everything: what is added is named after the system, rings in the foundation, and is on one page', async () => {
  const stack = await synthesized(
    class extends AwsSystemStack {
      constructor(scope: Construct, props: AwsSystemProps) {
        super(scope, props);
        const bucket = this.addBucket('inbox');
        const reader = this.addFunction('raw_listings_s3_event_lambda', { description: 'Reads' });
        this.addBucketEvents('events', { bucket, function: reader, prefix: 'in/' });
        this.addSystemDashboard();
      }
    },
  );
  expect(all(stack, 'aws_lambda_function').map(({ function_name }) => function_name)).toEqual(['raw_listings_s3_event_lambda']);
  for (const { alarm_actions } of all(stack, 'aws_cloudwatch_metric_alarm')) {
    expect(alarm_actions).toEqual([expect.stringContaining('cross-stack-reference-input-aws-foundation')]);
  }
  const [page] = all(stack, 'aws_cloudwatch_dashboard');
  expect(page?.dashboard_name).toBe('lakewright-listings');
  for (const shown of ['raw_listings_s3_event_lambda', 'raw_listings_s3_event_lambda_events', 'inbox-dev', 'lake-dev']) {
    expect(page?.dashboard_body).toContain(shown);
  }
});

test('a bucket whose name S3 would refuse is refused', async () => {
  const stack = synthesized(
    class extends AwsSystemStack {
      constructor(scope: Construct, props: AwsSystemProps) {
        super(scope, props);
        this.addBucket('raw_events');
      }
    },
  );
  await expect(stack).rejects.toMatchObject({ code: 'CONFIG_NAME' });
});
