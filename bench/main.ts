import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EXIT, projectRoot, toolsFolder } from '@lakewright/config';
import { dms } from './dms';
import { events } from './events';
import { glue } from './glue';
import { orderLines } from './order-lines';
import { pipelineFull } from './pipeline-full';
import { pipelineSpark } from './pipeline-spark';
import { pipelineUpdate } from './pipeline-update';
import { plan } from './plan';
import { type Benchmark, MissingRival } from './support/benchmark';
import { sectionOf, writeSection } from './support/report';
import { synth } from './synth';
import { up } from './up';

const BENCHMARKS: readonly Benchmark[] = [
  synth,
  plan,
  up,
  events,
  pipelineFull,
  pipelineUpdate,
  pipelineSpark,
  orderLines,
  dms,
  glue,
];
const SPARK = join(toolsFolder(), 'spark/bin/python');

interface Options {
  readonly events?: string;
  readonly rounds?: string;
  readonly spark: string;
  readonly write: boolean;
}

/** `npm run bench -- [name...] [--events n] [--rounds n] [--spark <python>] [--write]`: see docs/benchmarks.md. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      events: { type: 'string' },
      rounds: { type: 'string' },
      spark: { type: 'string', default: SPARK },
      write: { type: 'boolean', default: false },
    },
  });
  const wrong = wrongUsage(positionals, values);
  if (wrong !== undefined) {
    process.stderr.write(`${wrong}\n`);
    return EXIT.usage;
  }
  let code: number = EXIT.done;
  for (const benchmark of BENCHMARKS) {
    if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
    const ended = await run(benchmark, values);
    code = code === EXIT.failed ? code : Math.max(code, ended);
  }
  return code;
}

async function run(benchmark: Benchmark, options: Options): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'lakewright-bench-'));
  const began = performance.now();
  try {
    process.stderr.write(`${benchmark.name}\n`);
    const findings = await benchmark.run({
      folder,
      spark: resolve(options.spark),
      ...(options.rounds === undefined ? {} : { rounds: Number(options.rounds) }),
      ...(options.events === undefined ? {} : { events: Number(options.events) }),
      note: (text) => process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(6)} s  ${text}\n`),
    });
    const section = sectionOf(benchmark, findings, commandOf(benchmark, options));
    process.stdout.write(`${section}\n`);
    if (options.write) writeSection(join(projectRoot(), 'docs/benchmarks.md'), benchmark.name, section);
    return EXIT.done;
  } catch (error) {
    const missing = error instanceof MissingRival;
    process.stderr.write(`${benchmark.name} was not ${missing ? 'run' : 'completed'}: ${textOf(error, !missing)}\n`);
    return missing ? EXIT.missing : EXIT.failed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function wrongUsage(names: readonly string[], { events: count, rounds }: Partial<Options>): string | undefined {
  const unknown = names.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined)
    return `there is no benchmark ${unknown}: the benchmarks are ${BENCHMARKS.map(({ name }) => name).join(', ')}`;
  const notWhole = Object.entries({ events: count, rounds }).find(
    ([, value]) => value !== undefined && !/^[1-9]\d*$/.test(value),
  );
  return notWhole && `--${notWhole[0]} takes a whole number from 1, not ${notWhole[1]}`;
}

/** The command that gives this section again; no path of this machine. */
function commandOf({ name }: Benchmark, { events: count, rounds, spark }: Options): string {
  return [
    `npm run bench -- ${name}`,
    ...(count === undefined ? [] : [`--events ${count}`]),
    ...(rounds === undefined ? [] : [`--rounds ${rounds}`]),
    ...(![pipelineSpark.name, orderLines.name].includes(name) || spark === SPARK ? [] : ['--spark <python>']),
    '--write',
  ].join(' ');
}

function textOf(error: unknown, isDefect: boolean): string {
  if (!(error instanceof Error)) return String(error);
  return isDefect ? (error.stack ?? error.message) : error.message;
}

// What was started goes with this process, however it ends: those who start something listen to its exit.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(EXIT.failed));
main().then((code) => {
  process.exitCode = code;
});
