import { join, resolve } from 'node:path';
import { LakewrightError, loadEnvironment, processEnvironment, projectRoot } from '@lakewright/config';
import { prepareOutputFolder } from '@lakewright/constructs';
import { addAwsStacks } from '@lakewright/stacks-aws';
import { addDatabricksStacks } from '@lakewright/stacks-databricks';
import { linkStandins, prepareStandins } from '@lakewright/standin';
import { App } from 'cdktf';

/** The CDKTF app: the stacks of one environment (LAKEWRIGHT_ENV), synthesized into CDKTF_OUTDIR. */
async function main(): Promise<void> {
  const root = projectRoot();
  const environment = await loadEnvironment();
  const outdir = resolve(root, processEnvironment().cdktfOutdir ?? 'cdktf.out');
  prepareOutputFolder(outdir, environment);
  const app = new App({ outdir, stackTraces: false });
  const aws = await addAwsStacks(app, environment);
  const databricks = await addDatabricksStacks(app, environment, aws);
  app.synth();
  if (environment.providers !== 'standin') return;
  const standins = await prepareStandins(root);
  const stacks = [aws.foundation, databricks.foundation, ...Object.values(aws.systems), ...Object.values(databricks.systems)];
  for (const { stackName } of stacks) linkStandins(join(outdir, 'stacks', stackName), standins);
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof LakewrightError ? error.format() : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exitCode = error instanceof LakewrightError ? error.exitCode : 1;
});
