import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processEnvironment, readManifest } from '@lakewright/config';
import type { Pipeline } from '@lakewright/lakeflow';
import { connectEngine, startSpark } from '@lakewright/lakeflow/engine';
import { type ComparedDataset, compareOnWarehouse, comparePipeline, Warehouse } from '@lakewright/lakeflow/parity';
import { GovernedUpdate } from '../catalog/update-access';
import { awsEndpoint, type LocalContext } from '../context';
import { requireSpark } from '../services/spark';
import { workspaceFile } from '../workspace/files';
import { readPipeline } from '../workspace/pipelines';

/** How far a system's pipelines give another engine's tables. */
export interface ParityReport {
  /** What they were compared with. */
  readonly against: 'Apache Spark' | 'Databricks';
  readonly pipelines: readonly { readonly pipeline: string; readonly datasets: readonly ComparedDataset[] }[];
}

/**
 * Compares the deployed pipelines of a system with a Databricks warehouse when its credentials are given, else with Apache Spark on this
 * machine, which is installed when this is the first time.
 *
 * @throws LakewrightError LOCAL_NO_SPARK (exit 3 without Java), CONFIG_* and LOCAL_UNKNOWN_PIPELINE; what the parser throws
 */
export async function parity(context: LocalContext, system: string, onStep: (step: string) => void): Promise<ParityReport> {
  const runs = Object.values(readManifest(context.root, system).runs);
  const names = runs.flatMap((run) => (run.kind === 'pipeline' ? [run.pipeline] : []));
  const pipelines = names.map((name) => deployed(context, name));
  const { warehouse } = processEnvironment();
  const engine = await connectEngine({ port: context.ports.engine });
  try {
    if (!warehouse) return await againstSpark(context, pipelines, onStep);
    const compared: ParityReport['pipelines'][number][] = [];
    for (const pipeline of pipelines) {
      onStep(`${pipeline.name} on ${warehouse.host}`);
      const datasets = await compareOnWarehouse({
        pipeline,
        engine,
        warehouse: new Warehouse(warehouse),
        lake: context.paths.lake,
      });
      compared.push({ pipeline: pipeline.name, datasets });
    }
    return { against: 'Databricks', pipelines: compared };
  } finally {
    await engine.close();
  }
}

function deployed(context: LocalContext, name: string): Pipeline {
  const { files, runAs, ...definition } = readPipeline(context.paths, name);
  const sources = files.map((path) => ({ path, text: readFileSync(workspaceFile(context.paths, path), 'utf8') }));
  const pipeline = { ...definition, sources };
  new GovernedUpdate(context, pipeline, { runAs }).check();
  return pipeline;
}

async function againstSpark(
  context: LocalContext,
  pipelines: readonly Pipeline[],
  onStep: (step: string) => void,
): Promise<ParityReport> {
  onStep('Apache Spark');
  const home = await requireSpark(
    context.root,
    'spark',
    'Apache Spark is what the tables are compared with, and nothing else here needs it',
  );
  const folder = mkdtempSync(join(tmpdir(), 'lakewright-parity-'));
  const ours = await connectEngine({ port: context.ports.engine });
  const theirs = await startSpark({ home, folder });
  try {
    const compared: ParityReport['pipelines'][number][] = [];
    for (const pipeline of pipelines) {
      onStep(`${pipeline.name} on both engines`);
      const scratch = join(folder, pipeline.name);
      const datasets = await comparePipeline({
        pipeline,
        ours,
        theirs: theirs.engine,
        folder: scratch,
        s3: awsEndpoint(context),
        volumes: context.paths.volumes,
      });
      compared.push({ pipeline: pipeline.name, datasets });
    }
    return { against: 'Apache Spark', pipelines: compared };
  } finally {
    await theirs.stop();
    await ours.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
