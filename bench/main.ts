import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '@lakewright/config';
import { pipelineFull } from './pipeline-full';
import { pipelineUpdate } from './pipeline-update';
import type { Benchmark } from './support/benchmark';
import { sectionOf, writeSection } from './support/report';

const BENCHMARKS: readonly Benchmark[] = [pipelineFull, pipelineUpdate];

/** `npm run bench -- [name...] [--events n] [--rounds n] [--spark <python>] [--write]`: see docs/benchmarks.md. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      events: { type: 'string', default: '200000' },
      rounds: { type: 'string', default: '3' },
      spark: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined)
    throw new Error(`there is no benchmark ${unknown}: ${BENCHMARKS.map(({ name }) => name).join(', ')}`);
  for (const benchmark of BENCHMARKS) {
    if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
    const folder = mkdtempSync(join(tmpdir(), 'lakewright-bench-'));
    try {
      process.stderr.write(`${benchmark.name}\n`);
      mkdirSync(folder, { recursive: true });
      const findings = await benchmark.run({
        folder,
        rounds: Number(values.rounds),
        events: Number(values.events),
        ...(values.spark === undefined ? {} : { spark: resolve(values.spark) }),
        note: (text) => process.stderr.write(`  ${text}\n`),
      });
      const section = sectionOf(benchmark, findings, command(benchmark, values));
      process.stdout.write(`${section}\n`);
      if (values.write) writeSection(join(projectRoot(), 'docs/benchmarks.md'), benchmark.name, section);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function command({ name }: Benchmark, values: { events: string; rounds: string; spark?: string }): string {
  const spark = values.spark === undefined || name !== 'pipeline-full' ? '' : ' --spark <python of a venv with pyspark 4.2.0>';
  const events = name.startsWith('pipeline') ? ` --events ${values.events}` : '';
  return `npm run bench -- ${name}${events} --rounds ${values.rounds}${spark} --write`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
