import { invalid } from '../errors';

/** Where a task ends by itself; milliseconds since 1970. */
export interface StopPosition {
  /** After the first commit that is as late. */
  readonly afterCommit: number;
  /** Also without a commit, once it is as late. */
  readonly atServerTime?: number;
}

/**
 * Reads a `CdcStopPosition`: `server_time:2026-01-31T09:00:00` or `commit_time:2026-01-31T09:00:00`, in UTC.
 *
 * Source: AWS DMS API Reference, "StartReplicationTask", CdcStopPosition.
 *
 * @throws Fault InvalidParameterValueException
 */
export function readStop(text: string | undefined): StopPosition | undefined {
  if (!text) return undefined;
  const [, kind, time] = /^(server_time|commit_time):\s*(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})$/.exec(text) ?? [];
  const at = Date.parse(`${time}Z`);
  if (!kind || Number.isNaN(at))
    throw invalid(`CdcStopPosition: '${text}' is neither server_time:YYYY-MM-DDThh:mm:ss nor commit_time:YYYY-MM-DDThh:mm:ss`);
  return { afterCommit: at, atServerTime: kind === 'server_time' ? at : undefined };
}
