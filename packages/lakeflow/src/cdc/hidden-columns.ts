/**
 * Columns that a backing table of AUTO CDC holds besides the target's own. A source column of one of these names is refused.
 *
 * - `__sequence`: the sequence of the event, of the type of SEQUENCE BY
 * - `__deleted`: the event is a delete
 * - `__start`, `__end`, `__visible` (SCD 2): the version that is shown for this event, if one is
 * - `__truncated` (with APPLY AS TRUNCATE WHEN): the row is the last truncate
 * - `__authored`, `__shown`, `__visible` (with IGNORE NULL UPDATES): what the event says something about, and where it is shown, the
 *   values of those columns
 */
export const HIDDEN = {
  sequence: '__sequence',
  deleted: '__deleted',
  start: '__start',
  end: '__end',
  visible: '__visible',
  truncated: '__truncated',
  authored: '__authored',
  shown: '__shown',
} as const;

/** Names of the public columns of SCD 2, as Databricks writes them. */
export const PUBLIC_START = '__START_AT';
export const PUBLIC_END = '__END_AT';

/** Names that only exist inside the generated statements. */
const WORKING = [
  '__rank',
  '__stored',
  '__opens',
  '__number',
  '__opened',
  '__next_opens',
  '__next_sequence',
  '__raw',
  '__cleared',
  '__last',
  '__epoch',
];

const NAMES: ReadonlySet<string> = new Set(
  [...Object.values(HIDDEN), PUBLIC_START, PUBLIC_END, ...WORKING].map((name) => name.toLowerCase()),
);

/** Whether a source column must not have a name (compared without case). Leaves and their keys are numbered. */
export function isReserved(name: string): boolean {
  return NAMES.has(name.toLowerCase()) || /^__(?:l\d+(?:_at)?|key_\d+)$/i.test(name);
}
