import { LakewrightError } from '@lakewright/config';
import { awsClients } from '../aws/clients';
import type { LocalContext } from '../context';
import type { DeployedResource, Deployment } from '../deployment/deployment';
import { withLocalLock } from '../locks';
import { runnerOf, supportOfType } from '../runners';
import { engineOf } from '../runners/rds';
import type { Outcome, RecordedResource, RunnerContext } from '../runners/runner';
import { inOrder } from './order';
import { ReconciledRecord, sameIdentity } from './record';

/** What became of one resource. */
export interface ReconcileOutcome {
  readonly stack: string;
  readonly address: string;
  readonly type: string;
  readonly outcome: Outcome | 'removed' | 'state only';
}

export interface ReconcileReport {
  readonly outcomes: readonly ReconcileOutcome[];
  /** What the user should know of what was made. */
  readonly notices: readonly string[];
}

export interface ReconcileOptions {
  readonly onOutcome?: (outcome: ReconcileOutcome) => void;
}

/**
 * Makes the deployed state real: creates what is missing, mends what differs, removes what was made for a resource that has left
 * the state. Looks at what really is there each time, so that it also mends what somebody changed behind its back, and changes
 * nothing when nothing differs. Removes only what it made itself.
 *
 * @throws LakewrightError LOCAL_UNSUPPORTED before anything is touched; LOCAL_RECONCILE naming the resource that failed;
 * LOCAL_BUCKET_NOT_EMPTY, LOCAL_NOT_EMPTY when removing would lose data; LOCAL_BUSY
 */
export async function reconcile(
  context: LocalContext,
  deployment: Deployment,
  options: ReconcileOptions = {},
): Promise<ReconcileReport> {
  refuseUnsupported(deployment);
  return withLocalLock(context.paths, 'reconciliation', async () => {
    const aws = awsClients(context);
    const notices: string[] = [];
    try {
      const notice = (text: string) => notices.push(text);
      const outcomes = await new Reconciliation({ local: context, aws, deployment, notice }, options).run();
      return { outcomes, notices };
    } finally {
      aws.close();
    }
  });
}

class Reconciliation {
  private readonly record: ReconciledRecord;
  private readonly outcomes: ReconcileOutcome[] = [];

  constructor(
    private readonly context: RunnerContext,
    private readonly options: ReconcileOptions,
  ) {
    this.record = ReconciledRecord.read(context.local.paths);
  }

  async run(): Promise<readonly ReconcileOutcome[]> {
    const resources = inOrder(this.context.deployment);
    for (const recorded of [...this.record.all()].reverse()) await this.removeUnlessWanted(recorded, resources);
    for (const resource of resources) await this.make(resource);
    return this.outcomes;
  }

  private async removeUnlessWanted(recorded: RecordedResource, resources: readonly DeployedResource[]): Promise<void> {
    const runner = runnerOf(recorded.type);
    const holders = resources.filter(
      (resource) => resource.type === recorded.type && runner && sameIdentity(runner.identity(resource), recorded.identity),
    );
    if (holders.some((holder) => holder.stack === recorded.stack && holder.address === recorded.address)) return;
    // Another address names the same thing: it was moved, not removed.
    if (runner && holders.length === 0) {
      await this.attempt('remove', recorded, () => runner.remove(recorded, this.context));
      this.report({ ...recorded, outcome: 'removed' });
    }
    this.record.delete(recorded);
  }

  private async make(resource: DeployedResource): Promise<void> {
    const runner = runnerOf(resource.type);
    if (!runner) return this.report({ ...resource, outcome: 'state only' });
    const { stack, address, type } = resource;
    const forceDestroy = runner.allowsDataLoss?.(resource) ?? resource.values.force_destroy === true;
    this.record.put({ stack, address, type, identity: runner.identity(resource), forceDestroy });
    const outcome = await this.attempt('make', resource, () => runner.reconcile(resource, this.context));
    this.report({ ...resource, outcome });
  }

  private async attempt<T>(verb: string, { address, stack }: ReconcileAddress, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (cause) {
      if (cause instanceof LakewrightError) throw cause;
      const { name, message } = cause as Error;
      throw new LakewrightError('LOCAL_RECONCILE', `could not ${verb} ${address} (stack ${stack}): ${name}: ${message}`, {
        hint: 'lakewright logs ministack shows what the AWS API says; lakewright up tries again',
        cause,
      });
    }
  }

  private report({ stack, address, type, outcome }: ReconcileOutcome): void {
    const reported = { stack, address, type, outcome };
    this.outcomes.push(reported);
    this.options.onOutcome?.(reported);
  }
}

type ReconcileAddress = Pick<ReconcileOutcome, 'address' | 'stack'>;

function refuseUnsupported(deployment: Deployment): void {
  const refused = deployment.resources.flatMap(({ address, stack, type }) => {
    const support = supportOfType(type);
    return support.mode === 'refused' ? [`${address} (stack ${stack}): ${support.reason}`] : [];
  });
  refused.push(...secondDatabases(deployment));
  if (refused.length === 0) return;
  throw new LakewrightError('LOCAL_UNSUPPORTED', `these resources cannot run on this machine:\n  ${refused.join('\n  ')}`, {
    hint: 'leave them out of the environment "local", or bring up other systems: lakewright up <system>',
  });
}

/** Instances beyond the first of an engine: a clone has one port for each. */
function secondDatabases(deployment: Deployment): string[] {
  const instances = deployment.resources.filter(({ type }) => type === 'aws_db_instance');
  return instances.flatMap((instance, index) => {
    const engine = engineOf(instance);
    const first = instances.slice(0, index).find((other) => engine !== undefined && engineOf(other) === engine);
    if (!first) return [];
    const taken = `${first.address} (stack ${first.stack}) has the one ${engine} server of this clone`;
    return [`${instance.address} (stack ${instance.stack}): ${taken}; let them be one instance, or deploy it in another clone`];
  });
}

/** `12 created, 3 updated, 20 unchanged`, without the zeros. */
export function reconcileSummary(report: ReconcileReport): string {
  const counts = (['created', 'updated', 'removed', 'unchanged', 'state only'] as const).map((outcome) => {
    const count = report.outcomes.filter((one) => one.outcome === outcome).length;
    return count > 0 ? [`${count} ${outcome}`] : [];
  });
  return counts.flat().join(', ') || 'nothing is deployed';
}
