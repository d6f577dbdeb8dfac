import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import type { SqlEngine } from '../../src/engine';
import { comparePipeline } from '../../src/parity';

interface Comparison {
  readonly sail: SqlEngine;
  readonly spark: SqlEngine;
  /** Scratch. */
  readonly folder: string;
  say(text: string): void;
}

/** Runs the pipelines of `pipelines/` from nothing on both engines and compares every table. @returns the number of differences */
export async function comparePipelines({ sail, spark, folder, say }: Comparison): Promise<number> {
  const source = join(projectRoot(), 'packages/lakeflow/test/conformance/pipelines');
  let differences = 0;
  for (const file of readdirSync(source)
    .filter((name) => name.endsWith('.sql'))
    .sort()) {
    const name = file.replace(/\.sql$/, '');
    const configuration = { input: join(source, 'input') };
    const sources = [{ path: file, text: readFileSync(join(source, file), 'utf8') }];
    const pipeline = { name, catalog: 'conformance', schema: name, sources, configuration };
    const report = await comparePipeline({ pipeline, ours: sail, theirs: spark, folder: join(folder, name) });
    for (const each of report) {
      say(`${name}.${each.dataset}: ${each.verdict}${each.detail ? ` (${each.detail})` : ''}`);
      if (each.verdict !== 'equal') differences += 1;
    }
  }
  return differences;
}
