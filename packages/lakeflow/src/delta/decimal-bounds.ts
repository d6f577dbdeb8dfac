import { renameSync, writeFileSync } from 'node:fs';
import { LakewrightError } from '@lakewright/config';
import { type Action, commitPath, latestVersion, readCommit, readSnapshot } from './log';

/** What the commits of this runtime say of their writer. */
export const ENGINE_INFO = 'lakewright';

/** More digits than a double holds. */
const WIDE_DECIMAL = /"decimal\((?:1[6-9]|[23]\d),/;

/**
 * Takes the bounds of columns out of the statistics in the log of a table that nobody else reads, when it has decimals of more than 15
 * digits. Sail reads bounds as doubles and believes them: of a file in which both bounds of such a column are one number it shows that
 * number, rounded, in place of what is stored, and filters by it.
 */
export function dropDecimalBounds(location: string): void {
  const last = latestVersion(location);
  const log = Array.from({ length: last + 1 }, (_, version) => readCommit(location, version));
  if (!log.flat().some(({ metaData }) => metaData && WIDE_DECIMAL.test(metaData.schemaString))) return;
  for (const [version, actions] of log.entries()) {
    const path = commitPath(location, version);
    writeFileSync(`${path}.tmp`, `${actions.map((action) => JSON.stringify(withoutBounds(action))).join('\n')}\n`);
    renameSync(`${path}.tmp`, path);
  }
}

function withoutBounds({ add, ...rest }: Action): Action {
  if (!add?.stats) return add ? { ...rest, add } : rest;
  const { numRecords } = JSON.parse(add.stats) as { numRecords?: number };
  return { ...rest, add: { ...add, stats: JSON.stringify({ numRecords }) } };
}

/**
 * Refuses a table of somebody else's whose log gives such bounds. Tables of pipelines have none (`dropDecimalBounds`); of the log of another
 * writer nothing is changed here.
 *
 * @throws LakewrightError DELTA_DECIMAL_BOUNDS, DELTA_LOG_GAP, DELTA_LOG_DAMAGED
 */
export function refuseDecimalBounds(location: string): void {
  const last = latestVersion(location);
  if (last < 0 || [0, last].every((version) => isOwn(readCommit(location, version)))) return;
  const { metaData, files } = readSnapshot(location, last);
  if (!WIDE_DECIMAL.test(metaData.schemaString)) return;
  const hasBounds = [...files.values()].some(({ stats }) => stats && 'minValues' in (JSON.parse(stats) as object));
  if (!hasBounds) return;
  throw new LakewrightError(
    'DELTA_DECIMAL_BOUNDS',
    `the Delta table ${location} has a DECIMAL of more than 15 digits and bounds of it in its log, which the engine would take for rounded ones`,
    {
      hint: 'let its writer set delta.dataSkippingNumIndexedCols = 0 and write it anew, or declare the column as DECIMAL(15, s) or shorter',
    },
  );
}

function isOwn(actions: readonly Action[]): boolean {
  return actions.some(({ commitInfo }) => commitInfo?.['engineInfo'] === ENGINE_INFO);
}
