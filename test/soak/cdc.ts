// npm run soak:cdc -- --runs 5000 [--seed 1]
// AUTO CDC against a model: targets with clauses chosen at random, events that come late, twice and in batches cut at random. A run is
// one feed of events through one target. Exit code 0 only when no table ever differs; the first difference is printed and ends it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot, pythonExecutable } from '@lakewright/config';
import { connectEngine, type SqlEngine, startSail } from '@lakewright/lakeflow/engine';
import { RandomTarget, SOURCE } from '../../packages/lakeflow/test/cdc/random-targets';
import { TestLake } from '../../packages/lakeflow/test/support/lake';
import { plainRows } from '../../packages/lakeflow/test/support/plain-rows';

const TARGETS = 12;
const FEEDS = 60;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '5000' }, seed: { type: 'string', default: '1' } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'lakewright-cdc-'));
  const server = await startSail({ python: pythonExecutable(projectRoot()), logFile: join(folder, 'sail.log'), cwd: folder });
  try {
    for (let done = 0, seed = Number(values.seed) * 1_000_000; done < Number(values.runs); seed += TARGETS) {
      const engine = await connectEngine({ port: server.port });
      const difference = await round(engine, join(folder, 'lake'), seed);
      await engine.close();
      if (difference) return say(difference, 1);
      done += TARGETS * FEEDS;
      say(`${done} runs, no difference`, 0);
    }
    return 0;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One lake with a dozen targets, from the first batch to the last. What differs, if anything does. */
async function round(engine: SqlEngine, folder: string, seed: number): Promise<string | undefined> {
  const targets = Array.from({ length: TARGETS }, (_, number) => new RandomTarget(`t${number}`, seed + number, FEEDS));
  const lake = new TestLake(engine, folder, targets.map(({ sql }) => sql).join('\n'));
  for (let batch = 0; batch < Math.max(...targets.map(({ batches }) => batches)); batch += 1) {
    for (const target of targets.filter(({ batches }) => batch < batches))
      for (const [source, rows] of target.rows(batch)) await lake.append(source, SOURCE, rows);
    await lake.update();
    for (const [number, target] of targets.entries()) {
      const [got, wanted] = [await lake.rows(target.name), plainRows(target.expected(batch + 1))];
      if (JSON.stringify(got) !== JSON.stringify(wanted)) return describe(target, seed + number, batch, got, wanted);
    }
  }
  rmSync(folder, { recursive: true, force: true });
  return undefined;
}

function describe(target: RandomTarget, seed: number, batch: number, got: readonly string[], wanted: readonly string[]): string {
  const extra = got.filter((row) => !wanted.includes(row)).slice(0, 5);
  const missing = wanted.filter((row) => !got.includes(row)).slice(0, 5);
  return [`seed ${seed}, batch ${batch}:`, target.sql, 'not expected:', ...extra, 'missing:', ...missing].join('\n');
}

function say(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
