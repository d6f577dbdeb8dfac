import { requireStorage, synthFolder } from '@lakewright/config';
import {
  type StackChanges,
  StackSession,
  type SynthesizedStack,
  selectStacks,
  synthesize,
  synthesizedTypes,
} from '@lakewright/deploy';
import {
  deployedJobs,
  deployedMachines,
  ensureServices,
  type LocalContext,
  type Recovery,
  type RunSummary,
  readDashboards,
  readDeployment,
  readManifest,
  reconcile,
  reconcileSummary,
  requireGlueSpark,
  saveDeployment,
  serviceStatus,
  withLocalLock,
} from '@lakewright/local';
import { type Progress, silent } from './progress';
import { makeGood, runStep } from './run';

export interface BringUpOptions {
  /** @default every system of the environment */
  readonly systems?: readonly string[];
  /** Feed the systems' sample data through. @default true */
  readonly run?: boolean;
  /** Id of everything that this causes. @default each run draws one */
  readonly runId?: string;
  /** @default nobody is told */
  readonly progress?: Progress;
}

/** What bringing up did, and what is there now. */
export interface BringUpReport {
  readonly runId: string | undefined;
  readonly changes: readonly StackChanges[];
  readonly runs: readonly RunSummary[];
  /** What was made good, when the AWS API had not been stopped cleanly. */
  readonly recovery?: Recovery;
  readonly services: readonly {
    readonly name: string;
    readonly title: string;
    readonly address: string;
    readonly action: 'started' | 'restarted' | 'kept';
  }[];
  /** Of dashboards, jobs and state machines. */
  readonly pages: readonly { readonly name: string; readonly address: string }[];
}

/**
 * Brings the local plane up: synthesizes, starts services, applies, reconciles, makes good what a kill left behind, and feeds the
 * sample data of the systems through. Services stay up. Doing it again changes nothing but what the sample data adds.
 *
 * @throws LakewrightError LOCAL_BUSY while another process brings it up or takes it down, LOCAL_READ_ONLY, LOCAL_DISK_FULL; LOCAL_NO_SPARK
 * (exit 3 without Java) before anything is deployed; what each step throws
 */
export async function bringUp(context: LocalContext, options: BringUpOptions = {}): Promise<BringUpReport> {
  requireStorage(context.paths.home);
  return withLocalLock(context.paths, 'command', () => bringUpLocked(context, options));
}

async function bringUpLocked(context: LocalContext, options: BringUpOptions): Promise<BringUpReport> {
  const { systems = [], run = true, runId, progress = silent } = options;
  const { root, environment } = context;
  const chosen = systems.length > 0 ? systems : environment.systems;
  const manifests = chosen.map((system) => readManifest(root, system));

  const stacks = await progress.step('synth', async (note) => {
    const synthesized = await synthesize({ root, environment, outdir: synthFolder(root) });
    note(`${synthesized.length} stacks`);
    return synthesized;
  });
  const selected = selectStacks(stacks, ['*-foundation', ...chosen.map((system) => `*-${system}`)]);
  // Asked before anything is deployed: a deployment with jobs that cannot run would stop every later command here.
  if (selected.some((stack) => synthesizedTypes(stack).includes('aws_glue_job')))
    await progress.step('Spark for Glue jobs', () => requireGlueSpark(root));
  const ensured = await progress.step('start services', async (note) => {
    const result = await ensureServices(context, { onStep: (service, step) => note(`${service}: ${step}`) });
    note(result.services.map((service) => `${service.name} ${service.action}`).join(', '));
    return result;
  });
  for (const notice of ensured.notices) progress.notice(notice);
  const changes = await deploy(context, stacks, selected, progress);
  const recovery = await makeGood(context, ensured, { reconciled: true }, progress);

  const runs: RunSummary[] = [];
  for (const manifest of run ? manifests : []) {
    for (const name of manifest.up) runs.push(await runStep(context, manifest.name, name, { runId }, progress));
  }
  const { host } = environment.databricks;
  const dashboards = readDashboards(context.paths).map(({ id, name }) => ({ name, address: `${host}/dashboards/${id}` }));
  const jobs = deployedJobs(context).map(({ name }) => ({ name, address: `${host}/jobs/${name}` }));
  const machines = deployedMachines(context).map(({ values }) => ({
    name: String(values.name),
    address: `${host}/machines/${values.name}`,
  }));
  // What was not there at the beginning was started for a resource, by the reconciliation.
  const before = new Map(ensured.services.map(({ name, action }) => [name, action]));
  const services = (await serviceStatus(context)).map((each) => ({ ...each, action: before.get(each.name) ?? 'started' }));
  return { runId, changes, runs, recovery, services, pages: [...dashboards, ...jobs, ...machines] };
}

/** Applies the selected stacks, then makes the deployed state of all stacks real. */
async function deploy(
  context: LocalContext,
  stacks: readonly SynthesizedStack[],
  selected: readonly SynthesizedStack[],
  progress: Progress,
): Promise<StackChanges[]> {
  const { root, environment } = context;
  let onStack: (stack: string, step: string) => void = () => {};
  const session = await StackSession.open({ root, environment, onStep: (stack, step) => onStack(stack, step) });
  try {
    const changes = await progress.step('terraform apply', async (note) => {
      const begun = new Set<string>();
      onStack = (stack, step) => note(`${stack}: ${step}`, begun.add(stack).size - 1, selected.length);
      const applied = await session.apply(selected);
      note(`${applied.reduce((sum, stack) => sum + stack.changes.length, 0)} resources changed`);
      return applied;
    });
    const { notices } = await progress.step('reconcile', async (note) => {
      // Every stack's state, not only those applied now: what another system runs must not look removed.
      const deployment = readDeployment(context, await session.show(stacks));
      saveDeployment(context, deployment);
      const total = deployment.resources.length;
      let seen = 0;
      const report = await reconcile(context, deployment, {
        onOutcome: ({ address, outcome }) => {
          seen += 1;
          note(`${address}: ${outcome}`, Math.min(seen, total), total);
        },
      });
      note(reconcileSummary(report));
      return report;
    });
    for (const notice of notices) progress.notice(notice);
    return changes;
  } finally {
    await session.close();
  }
}
