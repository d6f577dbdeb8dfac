/**
 * Columns that a backing table of AUTO CDC holds besides the target's own. A source column of one of these names is refused.
 *
 * - `__sequence`: the sequence of the event, of the type of SEQUENCE BY
 * - `__deleted`: the event is a delete
 * - `__start`, `__end`, `__visible` (SCD 2): the version that is shown for this event, if one is
 */
export const HIDDEN = {
  sequence: '__sequence',
  deleted: '__deleted',
  start: '__start',
  end: '__end',
  visible: '__visible',
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
  '__old_start',
  '__old_end',
  '__old_visible',
];

/** Every name that a source column must not have (compared without case). */
export const RESERVED: readonly string[] = [...Object.values(HIDDEN), PUBLIC_START, PUBLIC_END, ...WORKING].map((name) =>
  name.toLowerCase(),
);
