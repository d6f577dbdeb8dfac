import type { LocalContext } from '../context';
import { isDeployed, loadDeployment } from '../deployment/deployment';
import { reconcile } from '../reconcile/reconcile';
import type { EnsureResult } from '../services/service';
import { baseline, type DrainOptions, drain, replayS3Events, s3EventsMissed } from './drain';

/** What was made good after an unclean stop. */
export interface Recovery {
  /** S3 events sent again from the object versions: those that the kill may have swallowed. */
  readonly replayed: number;
  /** ISO time after which services other than S3 may have lost what they acknowledged. */
  readonly lostAfter?: string;
}

export interface RecoverOptions extends DrainOptions {
  /** The deployed resources have just been reconciled. @default they are reconciled first: the kill may have taken some away */
  readonly reconciled?: boolean;
}

/**
 * Makes good what a kill of the AWS API left behind: sends the S3 events again that may not have reached their queue, and waits
 * until everything that is on its way has been handled. Does nothing when there is nothing to make good.
 *
 * @param ensured what `ensureServices` said
 * @returns undefined when nothing was wrong
 * @throws LakewrightError what `reconcile` and `drain` throw
 */
export async function recover(
  context: LocalContext,
  ensured: Pick<EnsureResult, 'uncleanStops'>,
  options: RecoverOptions = {},
): Promise<Recovery | undefined> {
  const stop = ensured.uncleanStops.find(({ service }) => service === 'ministack');
  if (!stop && (await s3EventsMissed(context)) === 0) return undefined;
  if (!options.reconciled && isDeployed(context)) await reconcile(context, loadDeployment(context));
  const before = await baseline(context);
  const replayed = await replayS3Events(context);
  // Whoever publishes from outside need not stop for it.
  await drain(context, before, { ...options, caughtUp: true });
  return { replayed, lostAfter: stop?.lostAfter };
}
