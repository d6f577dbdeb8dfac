import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEnvironment } from '@lakewright/config';
import { type AwsSystemStack, addAwsStacks } from '@lakewright/stacks-aws';
import { App } from 'cdktf';
import type { StackJson } from '../../../test/support/synthesized-environment';
import { DatabricksFoundationStack, DatabricksSystemStack } from '../src';

class Minimal extends DatabricksSystemStack {
  /** What a file in `systems/` has, and this test shows. */
  readonly has = { aws: this.aws, catalogName: this.catalogName };
}

let stack: StackJson;
let minimal: Minimal;
let aws: AwsSystemStack;
beforeAll(async () => {
  const outdir = mkdtempSync(join(tmpdir(), 'lakewright-system-'));
  try {
    const app = new App({ outdir, stackTraces: false });
    const environment = await loadEnvironment({ name: 'dev', offline: false });
    aws = (await addAwsStacks(app, environment)).systems.listings!;
    const foundation = new DatabricksFoundationStack(app, environment);
    minimal = new Minimal(app, { system: 'listings', environment, foundation, aws }, 'Homes');
    app.synth();
    stack = JSON.parse(readFileSync(join(outdir, 'stacks/databricks-listings/cdk.tf.json'), 'utf8'));
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

const all = (type: string) => Object.values(stack.resource[type] ?? {});

test('minimal: a catalog of three schemas in the bucket of the AWS stack, and a folder', () => {
  expect(minimal.has).toEqual({ aws, catalogName: 'listings_dev' });
  expect(all('databricks_catalog')).toEqual([
    expect.objectContaining({ name: 'listings_dev', comment: 'Homes', storage_root: `s3://${aws.lake.bucketName}` }),
  ]);
  expect(all('databricks_schema')).toHaveLength(3);
  expect(all('databricks_directory').map(({ path }) => path)).toContain('/lakewright/dev/listings');
  for (const type of ['databricks_pipeline', 'databricks_job', 'databricks_dashboard']) expect(all(type)).toEqual([]);
});

test('the table of freshness that the manifest names is watched', () => {
  expect(all('databricks_alert_v2').map(({ query_text }) => query_text)).toEqual([
    expect.stringContaining('FROM listings_dev.gold.listings_freshness'),
  ]);
});
