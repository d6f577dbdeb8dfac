import { formatType, quoteName } from '../engine/spark-type';
import { type CdcPlan, hiddenTypes } from './cdc-plan';
import { HIDDEN } from './hidden-columns';

/**
 * APPLY AS TRUNCATE WHEN: a truncate empties the target of everything with a lower sequence, also of what comes later. The last one is
 * kept as a row of the backing table, without keys.
 */

/** The last truncate among relations, as a row of the backing table; no row when there is none. */
export function lastTruncate(plan: CdcPlan, backing: readonly string[], relations: readonly string[]): string {
  const types = { ...hiddenTypes(plan), ...Object.fromEntries(plan.columns.map(({ name, type }) => [name, type])) };
  const values: Readonly<Record<string, string>> = {
    [HIDDEN.sequence]: HIDDEN.sequence,
    [HIDDEN.deleted]: 'true',
    [HIDDEN.truncated]: 'true',
    [HIDDEN.visible]: 'false',
  };
  const list = backing.map((name) => `${values[name] ?? `CAST(NULL AS ${formatType(types[name]!)})`} AS ${quoteName(name)}`);
  const all = relations.map((each) => `SELECT ${HIDDEN.sequence} FROM ${each} WHERE ${HIDDEN.truncated}`).join(' UNION ALL ');
  const rank = `row_number() OVER (ORDER BY ${plan.sequence.descending(HIDDEN.sequence)})`;
  return `SELECT ${list.join(', ')} FROM (SELECT *, ${rank} AS __rank FROM (${all})) WHERE __rank = 1`;
}

/** What a truncate leaves of events or stored rows: all but what has a lower sequence, and no truncates. For FROM. */
export function survivors(plan: CdcPlan, rows: string, truncate: string): string {
  const kept = `t.${HIDDEN.truncated} IS NULL OR NOT (${plan.sequence.isLower(`e.${HIDDEN.sequence}`, `t.${HIDDEN.sequence}`)})`;
  return (
    `(SELECT e.* FROM (SELECT * FROM ${rows} WHERE NOT ${HIDDEN.truncated}) AS e ` +
    `LEFT JOIN (SELECT ${HIDDEN.sequence}, ${HIDDEN.truncated} FROM (${truncate})) AS t ON true WHERE ${kept})`
  );
}
