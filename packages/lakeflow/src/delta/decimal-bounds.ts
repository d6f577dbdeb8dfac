import { renameSync, writeFileSync } from 'node:fs';
import { type Action, commitPath, latestVersion, readCommit } from './log';

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
