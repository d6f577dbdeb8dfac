import { existsSync, rmSync } from 'node:fs';
import { LakewrightError } from '@lakewright/config';
import { checkLog, hasTransaction, latestVersion, readSnapshot } from '../delta/log';
import type { Batch } from './batch';
import type { UpdateContext } from './update-context';

/**
 * Whether the table of a dataset is there, as this pipeline left it.
 *
 * @param storage the Delta folder that holds its rows
 * @throws LakewrightError LAKEFLOW_TABLE_FOREIGN when something is there that this pipeline did not make, LAKEFLOW_TABLE_GONE when
 *   what it made is gone, LAKEFLOW_TABLE_KIND when it was the target of AUTO CDC and is an ordinary table now, or the other way round;
 *   a full refresh settles each of them. DELTA_LOG_GAP when a commit of the table is missing; what is computed anew anyway (a
 *   materialized view, a full refresh) is then made from nothing
 */
export function tableExists(batch: Batch, storage: string): boolean {
  const derived = batch.isRefresh || batch.dataset.kind === 'materialized_view';
  if (derived && batch.before.batch > 0) removeDamaged(storage, batch.isRefresh);
  else checkLog(storage);
  if (batch.isRefresh) return latestVersion(storage) >= 0;
  const { location, view } = batch.folder;
  const isCdc = storage !== location;
  const stored = latestVersion(storage) >= 0;
  const other = isCdc ? latestVersion(location) >= 0 : existsSync(view);
  const made = batch.before.batch > 0;
  const begun = isCdc && stored;
  if (!made && !begun && (latestVersion(location) >= 0 || existsSync(view))) {
    throw refuse(batch, 'LAKEFLOW_TABLE_FOREIGN', 'is there already and was not made by this pipeline');
  }
  if (made && other)
    throw refuse(batch, 'LAKEFLOW_TABLE_KIND', `${isCdc ? 'was an ordinary table' : 'was the target of AUTO CDC'} so far`);
  if (made && !stored && batch.dataset.kind === 'streaming_table') {
    throw refuse(batch, 'LAKEFLOW_TABLE_GONE', 'was removed since the last update, and with it the rows that were read before');
  }
  return made && stored;
}

/** Without its whole log nobody can tell what a table holds, and it could not be replaced in one commit. */
function removeDamaged(storage: string, isRefresh: boolean): void {
  try {
    checkLog(storage);
    if (isRefresh && latestVersion(storage) >= 0) readSnapshot(storage);
  } catch (error) {
    if (!(error instanceof LakewrightError)) throw error;
    rmSync(storage, { recursive: true });
  }
}

/** A table that became private, or public again, leaves nothing where it was before. */
export function forgetFormerPlace(context: UpdateContext, { dataset, folder, appId }: Batch): void {
  const { catalog, schema, name } = dataset.table!;
  const table = { catalog, schema, name };
  const former = dataset.table!.private
    ? context.folder.locationOf(table)
    : context.folder.locationOf({ ...table, private: true });
  // A public table of the name may be somebody else's.
  if (former !== folder.location && hasTransaction(former, appId, 0, -1)) rmSync(former, { recursive: true });
}

function refuse(batch: Batch, code: string, what: string): LakewrightError {
  return new LakewrightError(code, `${batch.name} ${what}`, {
    location: batch.dataset.statement.location,
    hint: `run the pipeline with a full refresh of ${batch.name} (that replaces what is there), or give the table another name`,
  });
}
