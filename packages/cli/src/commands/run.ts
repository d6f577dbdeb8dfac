import { readManifest } from '@lakewright/config';
import type { RunOptions, RunSummary } from '@lakewright/local';
import type { Command } from 'commander';
import { CommandLog } from '../command-log';
import { formatRows, plain } from '../format';
import { TerminalProgress } from '../progress';
import { wholeNumber } from '../whole-number';

/** `run`: one run of a system again. */
export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('Run a pipeline, job or generator of a system')
    .argument('<system>', 'the system')
    .argument('[run]', 'what to run (the list of runs when left out)')
    .option('--count <n>', 'how many operations a generator does', wholeNumber)
    .option('--seed <n>', 'seed of a generator: the same seed on the same data does the same')
    .option('--full-refresh [tables]', 'empty the tables of a pipeline first: all, or those named (comma-separated)')
    .option('--json', 'print the summary as one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  lakewright run listings publish --count 500 --seed 7\n  lakewright run listings pipeline',
    )
    .action(async (system: string, run: string | undefined, options: RunCommandOptions) => {
      const local = await import('@lakewright/local');
      const context = await local.openLocal();
      const manifest = readManifest(context.root, system);
      if (!run) {
        const runs = Object.keys(manifest.runs);
        process.stdout.write(options.json ? `${JSON.stringify(runs)}\n` : `${runs.join('\n')}\n`);
        return;
      }
      const { runAgain } = await import('@lakewright/workflow');
      const runId = CommandLog.current()?.runId;
      const summary = await runAgain(context, system, run, { ...runOptions(options), runId, progress: new TerminalProgress() });
      process.stdout.write(options.json ? `${JSON.stringify(plain(summary), undefined, 2)}\n` : summaryText(summary));
    });
}

interface RunCommandOptions {
  readonly count?: number;
  readonly seed?: string;
  readonly fullRefresh?: string | true;
  readonly json?: boolean;
}

function runOptions(options: RunCommandOptions): RunOptions {
  const { count, seed, fullRefresh } = options;
  const given = Object.entries({ count, seed }).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  return {
    options: Object.fromEntries(given),
    ...(fullRefresh === undefined ? {} : { fullRefresh: fullRefresh === true ? 'all' : fullRefresh.split(',') }),
  };
}

function summaryText(summary: RunSummary): string {
  const parts: string[] = [`run id: ${summary.runId}`];
  if (summary.result !== undefined) parts.push(JSON.stringify(plain(summary.result)));
  if (summary.events !== undefined) parts.push(`${summary.events} events handled`);
  if (summary.update) parts.push(`update id: ${summary.update.update}`, ...runsRead(summary.update.runs));
  if (summary.tables)
    parts.push(
      formatRows(
        ['table', 'rows'],
        summary.tables.map(({ table, rows }) => ({ table, rows })),
        'table',
      ),
    );
  return `${parts.join('\n')}\n`;
}

/** Which runs' rows an update read; nothing where it read none. */
function runsRead(runs: readonly { readonly run: string | null; readonly rows: number }[]): string[] {
  return runs.map(({ run, rows }) => `read ${rows} rows of ${run === null ? 'no run (removals carry none)' : `run ${run}`}`);
}
