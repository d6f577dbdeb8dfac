import { EXIT, LakewrightError, readManifest, type SystemRun } from '@lakewright/config';
import { durationMs, type JobRun, taskDurationMs } from '@lakewright/jobs';
import type { RunOptions, RunSummary, ValidationResult } from '@lakewright/local';
import type { Command } from 'commander';
import { CommandLog } from '../command-log';
import { executionText } from '../execution-text';
import { formatRows, plain } from '../format';
import { TerminalProgress } from '../progress';
import { replicationTable } from '../replication-table';
import { rowTable } from '../row-table';
import { wholeNumber } from '../whole-number';

/** `run`: one run of a system again. */
export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('Run a pipeline, job, state machine or generator of a system')
    .argument('<system>', 'the system')
    .argument('[run]', 'what to run (the list of runs when left out)')
    .option('--count <n>', 'how many operations a generator does', wholeNumber)
    .option('--seed <n>', 'seed of a generator: the same seed on the same data does the same')
    .option(
      '--full-refresh [tables]',
      'empty the tables of a pipeline first: all, or those named (comma-separated) and no others',
    )
    .option('--refresh <tables>', 'bring these tables of a pipeline up to date and no others (comma-separated)')
    .option(
      '--param <name=value>',
      'a parameter of a job, an argument of a Glue job, in place of its default (again for another one)',
      parameter,
      {},
    )
    .option('--repair', 'of a job: run again what did not succeed in its last run')
    .option('--validate', 'check a pipeline without running it: every query is analysed, nothing is written')
    .option('--json', 'print the summary as one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  lakewright run listings publish --count 500 --seed 7\n  lakewright run listings pipeline\n  lakewright run listings listings_job --repair\n  lakewright run certifications hudi_fl_cdc_pipeline',
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
      const { RunFailedError, runAgain, validate } = await import('@lakewright/workflow');
      const progress = new TerminalProgress();
      if (options.validate) {
        const result = await validate(context, system, run, progress);
        process.stdout.write(options.json ? `${JSON.stringify(result, undefined, 2)}\n` : validationText(result));
        return;
      }
      const runId = CommandLog.current()?.runId;
      const print = (summary: RunSummary) =>
        process.stdout.write(options.json ? `${JSON.stringify(plain(summary), undefined, 2)}\n` : summaryText(summary));
      try {
        const signal = cancelledByHand(manifest.runs[run]);
        print(await runAgain(context, system, run, { ...runOptions(options), signal, runId, progress }));
      } catch (error) {
        if (error instanceof RunFailedError) print(error.summary);
        throw error;
      }
    });
}

/** `name=value`; a value may hold more of these signs, or be empty. */
function parameter(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf('=');
  if (at > 0) return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
  throw new LakewrightError('CLI_PARAMETER', `--param is name=value (got "${text}")`, {
    hint: '--param day=2026-01-31',
    exitCode: EXIT.usage,
  });
}

/** Ctrl-C cancels the run of a job, and its tasks end in order; the second time it ends this command. */
function cancelledByHand(run: SystemRun | undefined): AbortSignal | undefined {
  if (run?.kind !== 'job') return undefined;
  const cancel = new AbortController();
  process.once('SIGINT', () => cancel.abort());
  return cancel.signal;
}

interface RunCommandOptions {
  readonly count?: number;
  readonly seed?: string;
  readonly fullRefresh?: string | true;
  readonly refresh?: string;
  readonly param?: Readonly<Record<string, string>>;
  readonly repair?: boolean;
  readonly validate?: boolean;
  readonly json?: boolean;
}

function validationText({ datasets }: ValidationResult): string {
  const rows = datasets.map((each) => ({
    dataset: each.dataset,
    kind: each.kind.replaceAll('_', ' '),
    columns: each.status === 'valid' ? each.columns.length : 0,
  }));
  return `${formatRows(['dataset', 'kind', 'columns'], rows, 'table')}\n`;
}

function runOptions(options: RunCommandOptions): RunOptions {
  const { count, seed, fullRefresh, refresh, param, repair } = options;
  const given = Object.entries({ count, seed }).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  return {
    options: Object.fromEntries(given),
    ...(param && { parameters: param }),
    ...(repair && { repair }),
    ...(fullRefresh === undefined
      ? {}
      : { fullRefresh: fullRefresh === true || fullRefresh === 'all' ? 'all' : fullRefresh.split(',') }),
    ...(refresh === undefined ? {} : { refresh: refresh.split(',') }),
  };
}

function summaryText(summary: RunSummary): string {
  const parts: string[] = [`run id: ${summary.runId}`];
  if (summary.result !== undefined) parts.push(JSON.stringify(plain(summary.result)));
  if (summary.events !== undefined) parts.push(`${summary.events} events handled`);
  if (summary.update) parts.push(`update id: ${summary.update.update}`, ...runsRead(summary.update.runs));
  if (summary.replication) parts.push(replicationTable([summary.replication]));
  if (summary.execution) parts.push(executionText(summary.execution));
  if (summary.glueJob) parts.push(...summary.glueJob.output);
  if (summary.job) parts.push(jobText(summary.job));
  parts.push(...rowTable(summary.tables ?? []));
  return `${parts.join('\n')}\n`;
}

/** What became of each task of a job. */
function jobText(job: JobRun): string {
  const now = Date.now();
  const rows = job.tasks.map((task) => ({
    task: task.key,
    state: task.result ?? task.state,
    attempts: task.attempts.length,
    seconds: (taskDurationMs(task, now) / 1000).toFixed(1),
    what: task.detail ?? task.error?.code ?? '',
  }));
  const all = { task: job.job, state: job.result ?? job.state, seconds: (durationMs(job, now) / 1000).toFixed(1) };
  const total = { ...all, attempts: job.repairs + 1, what: job.repairs > 0 ? `repaired ${job.repairs} times` : '' };
  return formatRows(['task', 'state', 'attempts', 'seconds', 'what'], [...rows, total], 'table');
}

/** Which runs' rows an update read; nothing where it read none. */
function runsRead(runs: readonly { readonly run: string | null; readonly rows: number }[]): string[] {
  return runs.map(({ run, rows }) => `read ${rows} rows of ${run === null ? 'no run (removals carry none)' : `run ${run}`}`);
}
