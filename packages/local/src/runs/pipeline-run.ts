import { readFileSync } from 'node:fs';
import { connectEngine } from '@lakewright/lakeflow/src/engine';
import { awsEndpoint, type LocalContext } from '../context';
import { readPipeline } from '../runners/pipeline';
import { workspaceFile } from '../runners/workspace';
import { type TableRows, tableRows } from './lake';

interface Lakeflow {
  runUpdate(options: object): Promise<unknown>;
  readEvents(lake: string, pipeline: { readonly catalog: string; readonly name: string }): Promise<unknown[]>;
}

export interface PipelineRunOptions {
  /** Empty all tables of the pipeline first, or the ones named. */
  readonly fullRefresh?: 'all' | readonly string[];
  readonly onStep?: (step: string) => void;
}

/**
 * One update of a deployed pipeline, from the files as they were deployed to the workspace.
 *
 * @throws LakewrightError LOCAL_UNKNOWN_PIPELINE; what the Lakeflow runtime throws
 */
export async function runPipeline(
  context: LocalContext,
  name: string,
  options: PipelineRunOptions = {},
): Promise<{ readonly update: unknown; readonly tables: readonly TableRows[] }> {
  const { runUpdate } = (await import('@lakewright/lakeflow')) as unknown as Lakeflow;
  const { files, ...definition } = readPipeline(context.paths, name);
  const sources = files.map((path) => ({ path, text: readFileSync(workspaceFile(context.paths, path), 'utf8') }));
  const engine = await connectEngine({ port: context.ports.engine });
  try {
    const update = await runUpdate({
      engine,
      lake: context.paths.lake,
      pipeline: { ...definition, sources },
      fullRefresh: options.fullRefresh === 'all' ? 'all' : options.fullRefresh && [...options.fullRefresh],
      s3: awsEndpoint(context),
      onEvent: (event: unknown) => options.onStep?.(describe(event)),
    });
    return { update, tables: await tableRows(context, definition.catalog) };
  } finally {
    await engine.close();
  }
}

function describe(event: unknown): string {
  const { type = '', dataset = '' } = event as { type?: string; dataset?: string };
  return `${type} ${dataset}`.trim();
}

/** The event log of a deployed pipeline, oldest first. */
export async function pipelineEvents(context: LocalContext, name: string): Promise<unknown[]> {
  const { readEvents } = (await import('@lakewright/lakeflow')) as unknown as Lakeflow;
  return readEvents(context.paths.lake, readPipeline(context.paths, name));
}
