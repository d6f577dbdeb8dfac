import { quoteName } from '../engine/spark-type';
import type { CdcPlan } from './cdc-plan';
import { HIDDEN, PUBLIC_END, PUBLIC_START } from './hidden-columns';
import { isOrderable } from './sequence';

/**
 * The statements of AUTO CDC, as text. Relations are given as SQL that may stand in FROM.
 *
 * Two events of one key with the same sequence are undefined by Databricks' contract. Here a delete wins over an upsert, and among
 * upserts the one with the highest hash over the target's columns: the same winner whatever the batches.
 */

/** The events of a batch: the target's columns with sequence and delete flag. */
export function eventsQuery(plan: CdcPlan, source: string): string {
  const deleted = plan.deleteSql ? `coalesce(CAST((${plan.deleteSql}) AS BOOLEAN), false)` : 'false';
  return `SELECT ${columnList(plan)}, (${plan.sequenceSql}) AS ${HIDDEN.sequence}, ${deleted} AS ${HIDDEN.deleted} FROM ${source}`;
}

/**
 * One row about a batch of events: `events`, `null_sequences`, and `null_keys` (rows in which any key is null).
 * A row with either fails the update before anything of the batch is applied.
 */
export function validationQuery(plan: CdcPlan, events: string): string {
  const anyKey = plan.keys.map((key) => `${quoteName(key)} IS NULL`).join(' OR ');
  return (
    `SELECT count(*) AS events, count_if(${HIDDEN.sequence} IS NULL) AS null_sequences, ` +
    `count_if(${anyKey}) AS null_keys FROM ${events}`
  );
}

/** One row: how many keys have several events with one sequence in them. */
export function tiesQuery(plan: CdcPlan, events: string): string {
  const groups = [keyList(plan), ...plan.sequence.columns(HIDDEN.sequence)].join(', ');
  return `SELECT count(*) AS ties FROM (SELECT 1 AS one FROM ${events} GROUP BY ${groups} HAVING count(*) > 1)`;
}

/**
 * The whole backing table computed from events alone: the initial load.
 *
 * @param hasTies whether `tiesQuery` found any: to look for the winners costs as much as all the rest
 */
export function initialQuery(plan: CdcPlan, events: string, hasTies: boolean): string {
  return computed(plan, events, hasTies);
}

/**
 * What the backing table holds of the keys that a batch touches, once the batch is in: their stored events and the new ones, computed
 * anew. Doing it again for the same batch gives the same.
 */
export function touchedQuery(plan: CdcPlan, backing: string, events: string): string {
  const own = eventColumns(plan);
  const stored = `SELECT ${own} FROM ${backing} AS t LEFT SEMI JOIN ${touchedKeys(plan, events)} AS s ON ${keyJoin(plan)}`;
  return computed(plan, `(${stored} UNION ALL SELECT ${own} FROM ${events})`, true);
}

/** The rows of the backing table whose keys a batch does not touch. */
export function untouchedQuery(plan: CdcPlan, backing: string, events: string): string {
  const columns = backingColumns(plan).map(quoteName).join(', ');
  return `SELECT ${columns} FROM ${backing} AS t LEFT ANTI JOIN ${touchedKeys(plan, events)} AS s ON ${keyJoin(plan)}`;
}

/** The public table as a query over the backing table. */
export function publicQuery(plan: CdcPlan, backing: string): string {
  if (plan.scdType === 1) return `SELECT ${columnList(plan)} FROM ${backing} WHERE NOT ${HIDDEN.deleted}`;
  return (
    `SELECT ${columnList(plan)}, ${HIDDEN.start} AS ${PUBLIC_START}, ${HIDDEN.end} AS ${PUBLIC_END} ` +
    `FROM ${backing} WHERE ${HIDDEN.visible}`
  );
}

/** Names of the columns that the backing table stores, in order. */
export function backingColumns(plan: CdcPlan): readonly string[] {
  const own = [...plan.columns.map((column) => column.name), HIDDEN.sequence, HIDDEN.deleted];
  return plan.scdType === 1 ? own : [...own, HIDDEN.start, HIDDEN.end, HIDDEN.visible];
}

function computed(plan: CdcPlan, events: string, hasTies: boolean): string {
  return plan.scdType === 1 ? latestEvents(plan, events) : allVersions(plan, events, hasTies);
}

function latestEvents(plan: CdcPlan, events: string): string {
  const order = `${plan.sequence.descending(HIDDEN.sequence)}, ${tieOrder(plan)}`;
  const rank = `row_number() OVER (PARTITION BY ${keyList(plan)} ORDER BY ${order})`;
  return `SELECT ${eventColumns(plan)} FROM (SELECT *, ${rank} AS __rank FROM ${events}) WHERE __rank = 1`;
}

function allVersions(plan: CdcPlan, events: string, hasTies: boolean): string {
  const rank =
    `row_number() OVER (PARTITION BY ${keyList(plan)}, ${plan.sequence.columns(HIDDEN.sequence).join(', ')} ` +
    `ORDER BY ${tieOrder(plan)})`;
  const unique = hasTies
    ? `SELECT * FROM (SELECT *, ${rank} AS __rank FROM ${events}) WHERE __rank = 1`
    : `SELECT * FROM ${events}`;
  return `SELECT ${backingColumns(plan).map(quoteName).join(', ')} FROM (${versions(plan, unique)})`;
}

/**
 * Replays events into versions. A run is a series of upserts with equal tracked columns; its last event carries the version that is
 * shown (so it has the latest untracked values), from the sequence of the first event to that of the next run or delete.
 * Events that show nothing have no start and end.
 */
function versions(plan: CdcPlan, events: string): string {
  const { sequence, deleted, start, end, visible } = HIDDEN;
  const inOrder = `PARTITION BY ${keyList(plan)} ORDER BY __number`;
  const runs = `SELECT *, coalesce(lag(__next_opens) OVER (${inOrder}), true) AS __opens FROM (${withNext(plan, events)})`;
  const opened =
    `last_value(CASE WHEN __opens THEN ${sequence} END) IGNORE NULLS OVER ` +
    `(${inOrder} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
  const shown = `NOT ${deleted} AND coalesce(__next_opens, true)`;
  return (
    `SELECT ${eventColumns(plan)}, CASE WHEN ${shown} THEN __opened END AS ${start}, ` +
    `CASE WHEN ${shown} THEN __next_sequence END AS ${end}, ${shown} AS ${visible} ` +
    `FROM (SELECT *, ${opened} AS __opened FROM (${runs}))`
  );
}

/**
 * Each event with the sequence of the next one of its key, and whether that opens a run; both null after the last. They meet by a
 * join of their numbers, since Sail takes `lag` and `lead` value by value: over 28 columns of 100,000 events these took 17 s of
 * processor time, the join takes 0.3 s.
 */
function withNext(plan: CdcPlan, events: string): string {
  const { sequence, deleted } = HIDDEN;
  const number = `row_number() OVER (PARTITION BY ${keyList(plan)} ORDER BY ${plan.sequence.ascending(sequence)})`;
  const numbered = `SELECT *, ${number} AS __number FROM (${events})`;
  const compared = [...new Set([...plan.keys, ...plan.tracked])].map(quoteName);
  const next = `SELECT ${[...compared, sequence, deleted].join(', ')}, __number - 1 AS __number FROM (${numbered})`;
  const unchanged = plan.tracked.map((name) => `n.${quoteName(name)} <=> e.${quoteName(name)}`);
  const opens =
    `CASE WHEN n.__number IS NULL THEN CAST(NULL AS BOOLEAN) WHEN e.${deleted} OR n.${deleted} THEN true ` +
    `ELSE NOT (${unchanged.length > 0 ? unchanged.join(' AND ') : 'true'}) END`;
  const on = [...plan.keys.map(quoteName), '__number'].map((name) => `e.${name} = n.${name}`).join(' AND ');
  return (
    `SELECT e.*, ${opens} AS __next_opens, n.${sequence} AS __next_sequence ` +
    `FROM (${numbered}) AS e LEFT JOIN (${next}) AS n ON ${on}`
  );
}

function touchedKeys(plan: CdcPlan, events: string): string {
  return `(SELECT DISTINCT ${keyList(plan)} FROM ${events})`;
}

function keyJoin(plan: CdcPlan): string {
  return plan.keys.map((key) => `t.${quoteName(key)} = s.${quoteName(key)}`).join(' AND ');
}

function tieOrder(plan: CdcPlan): string {
  return `${HIDDEN.deleted} DESC, ${contentHash(plan, '')} DESC`;
}

/** Values without an order are hashed by their text. */
function contentHash(plan: CdcPlan, prefix: string): string {
  const parts = plan.columns.map(({ name, type }) => {
    const column = `${prefix}${quoteName(name)}`;
    return isOrderable(type) && type.kind !== 'struct' && type.kind !== 'array' ? column : `CAST(${column} AS STRING)`;
  });
  return `xxhash64(${parts.join(', ')})`;
}

function columnList(plan: CdcPlan): string {
  return plan.columns.map((column) => quoteName(column.name)).join(', ');
}

function eventColumns(plan: CdcPlan): string {
  return `${columnList(plan)}, ${HIDDEN.sequence}, ${HIDDEN.deleted}`;
}

function keyList(plan: CdcPlan): string {
  return plan.keys.map(quoteName).join(', ');
}
