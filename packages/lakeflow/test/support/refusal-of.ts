import { LakewrightError } from '@lakewright/config';
import { parseReadOptions } from '../../src/source/read-options';
import { buildGraph, parsePipeline } from '../../src/sql';

/** The error that a pipeline is refused with before anything runs; none for one that is not refused. */
export function refusalOf(sql: string): LakewrightError | undefined {
  try {
    const graph = buildGraph(parsePipeline([{ path: 'pipeline.sql', text: sql }], {}), { catalog: 'c', schema: 's' });
    const reads = graph.datasets.flatMap(({ flows }) => flows.flatMap((flow) => flow.reads.map(({ read }) => read)));
    for (const read of reads) if (read.kind === 'files') parseReadOptions(read);
    return undefined;
  } catch (error) {
    if (error instanceof LakewrightError) return error;
    throw error;
  }
}
