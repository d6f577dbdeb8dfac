import { requireStorage, synthFolder } from '@lakewright/config';
import { type StackChanges, StackSession, selectStacks, synthesize } from '@lakewright/deploy';
import type { LocalContext, Recovery, RunSummary } from '@lakewright/local';
import type { Command } from 'commander';
import { CommandLog } from '../command-log';
import { formatRows } from '../format';
import { Progress } from '../progress';
import { recoverWithProgress, runWithProgress } from './run';

interface UpReport {
  /** Of everything that this command caused. */
  readonly runId: string | undefined;
  readonly changes: readonly StackChanges[];
  readonly runs: readonly RunSummary[];
  /** What was made good, when the AWS API had not been stopped cleanly. */
  readonly recovery?: Recovery;
  readonly services: readonly { readonly name: string; readonly title: string; readonly address: string }[];
  readonly dashboards: readonly { readonly name: string; readonly address: string }[];
}

/** `up`: synth, apply, start, reconcile, feed the sample data through; services stay up. */
export function addUpCommand(program: Command): void {
  program
    .command('up')
    .description('Deploy the local environment and run its systems through; services stay up until "lakewright down"')
    .argument('[system...]', 'systems to bring up (all when left out)')
    .option('--no-run', 'deploy and start only: feed no sample data through')
    .option('--json', 'print the summary as one JSON document')
    .addHelpText('after', '\nExample:\n  lakewright up listings')
    .action(async (systems: string[], options: { run: boolean; json?: boolean }) => {
      const { openLocal, withLocalLock } = await import('@lakewright/local');
      const progress = new Progress();
      const context = await openLocal();
      requireStorage(context.paths.home);
      const report = await withLocalLock(context.paths, 'command', () => bringUp(context, systems, options.run, progress));
      process.stdout.write(options.json ? `${summaryJson(report, progress)}\n` : summaryText(report, progress));
    });
}

async function bringUp(context: LocalContext, systems: readonly string[], run: boolean, progress: Progress): Promise<UpReport> {
  const local = await import('@lakewright/local');
  const { root, environment } = context;
  const chosen = systems.length > 0 ? systems : environment.systems;
  const manifests = chosen.map((system) => local.readManifest(root, system));

  const outdir = synthFolder(root);
  const stacks = await progress.step('synth', async (note) => {
    const synthesized = await synthesize({ root, environment, outdir });
    note(`${synthesized.length} stacks`);
    return synthesized;
  });
  const ensured = await progress.step('start services', async (note) => {
    const result = await local.ensureServices(context, { onStep: (service, step) => note(`${service}: ${step}`) });
    note(result.services.map((service) => `${service.name} ${service.action}`).join(', '));
    return result;
  });
  for (const notice of ensured.notices) progress.notice(notice);

  const wanted = ['*-foundation', ...chosen.map((system) => `*-${system}`)];
  let onStack: (stack: string, step: string) => void = () => {};
  const session = await StackSession.open({ root, environment, onStep: (stack, step) => onStack(stack, step) });
  let changes: StackChanges[];
  try {
    changes = await progress.step('terraform apply', async (note) => {
      const selected = selectStacks(stacks, wanted);
      const begun = new Set<string>();
      onStack = (stack, step) => note(`${stack}: ${step}`, begun.add(stack).size - 1, selected.length);
      const applied = await session.apply(selected);
      note(`${count(applied)} resources changed`);
      return applied;
    });
    await progress.step('reconcile', async (note) => {
      // Every stack's state, not only those applied now: what another system runs must not look removed.
      const deployment = local.readDeployment(context, await session.show(stacks));
      local.saveDeployment(context, deployment);
      let seen = 0;
      const onOutcome = ({ address, outcome }: { address: string; outcome: string }) => {
        seen += 1;
        note(`${address}: ${outcome}`, Math.min(seen, deployment.resources.length), deployment.resources.length);
      };
      note(local.reconcileSummary(await local.reconcile(context, deployment, { onOutcome })));
    });
  } finally {
    await session.close();
  }

  const recovery = await recoverWithProgress(context, ensured, { reconciled: true }, progress);

  const runs: RunSummary[] = [];
  for (const manifest of run ? manifests : []) {
    for (const name of manifest.up) runs.push(await runWithProgress(context, manifest.name, name, {}, progress));
  }
  const { host } = environment.databricks;
  const dashboards = local.readDashboards(context.paths).map(({ id, name }) => ({ name, address: `${host}/dashboards/${id}` }));
  return { runId: CommandLog.current()?.runId, changes, runs, recovery, services: ensured.services, dashboards };
}

function count(changes: readonly StackChanges[]): number {
  return changes.reduce((sum, stack) => sum + stack.changes.length, 0);
}

function summaryJson(report: UpReport, progress: Progress): string {
  return JSON.stringify({ ...report, steps: progress.steps, seconds: progress.seconds }, undefined, 2);
}

function summaryText(report: UpReport, progress: Progress): string {
  const events = report.runs.reduce((sum, run) => sum + (run.events ?? 0), 0);
  const tables = report.runs.flatMap((run) => run.tables ?? []);
  const lines = [
    '',
    `resources applied  ${count(report.changes)} changes in ${report.changes.length} stacks`,
    `events handled     ${events}`,
    ...(report.runId ? [`run id             ${report.runId}`] : []),
    '',
    formatRows(
      ['table', 'rows'],
      tables.map(({ table, rows }) => ({ table, rows })),
      'table',
    ),
    formatRows(
      ['step', 'seconds'],
      progress.steps.map(({ name, seconds }) => ({ step: name, seconds: seconds.toFixed(1) })),
      'table',
    ),
    '',
    ...report.services.map((service) => `${service.title.padEnd(18)} ${service.address}`),
    ...report.dashboards.map((dashboard) => `${dashboard.name.padEnd(18)} ${dashboard.address}`),
    '',
    ...(tables.length > 0
      ? [
          `look:  npx lakewright sql "SELECT * FROM ${tables.find(({ table }) => table.includes('.gold.'))?.table ?? tables[0]?.table} LIMIT 5"`,
        ]
      : []),
    'stop:  npx lakewright down',
    '',
  ];
  return lines.join('\n');
}
