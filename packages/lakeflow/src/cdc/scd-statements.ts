import { quoteName } from '../engine/spark-type';
import { quoteString } from '../sql/names';
import type { CdcPlan } from './cdc-plan';
import { HIDDEN, PUBLIC_END, PUBLIC_START } from './hidden-columns';
import { authoredStruct, authors, type Leaf, leavesOf, putTogether } from './partial-updates';
import { isOrderable } from './sequence';
import { lastTruncate, survivors } from './truncation';

/**
 * The statements of AUTO CDC, as text. Relations are given as SQL that may stand in FROM.
 *
 * Two events of one key with the same sequence are undefined by Databricks' contract. Here a delete wins over an upsert, and among
 * upserts the one with the highest hash over the target's columns: the same winner whatever the batches.
 */

/** The events of a batch: the target's columns with sequence and what kind of event it is. */
export function eventsQuery(plan: CdcPlan, source: string): string {
  const truncated = condition(plan.truncateSql);
  const deleted = plan.truncateSql ? `(${truncated} OR ${condition(plan.deleteSql)})` : condition(plan.deleteSql);
  const list = plan.columns.map(({ name, value }) => (value === quoteName(name) ? value : `${value} AS ${quoteName(name)}`));
  list.push(`(${plan.sequenceSql}) AS ${HIDDEN.sequence}`, `${deleted} AS ${HIDDEN.deleted}`);
  if (plan.truncates) list.push(`${truncated} AS ${HIDDEN.truncated}`);
  const events = `SELECT ${list.join(', ')} FROM ${source}`;
  if (plan.partial.length === 0) return events;
  return `SELECT *, ${authoredStruct(plan.partial, plan.ignored)} AS ${HIDDEN.authored} FROM (${events})`;
}

/** A condition of a flow as SQL that is true or false. */
function condition(sql: string | undefined): string {
  return sql ? `coalesce(CAST((${sql}) AS BOOLEAN), false)` : 'false';
}

/**
 * One row about a batch of events: `events`, `null_sequences`, `null_keys` (rows in which any key is null; a truncate needs none), and
 * `truncates`. A row with a null fails the update before anything of the batch is applied.
 */
export function validationQuery(plan: CdcPlan, events: string): string {
  const anyKey = `(${plan.keys.map((key) => `${quoteName(key)} IS NULL`).join(' OR ')})`;
  const nullKey = plan.truncates ? `${anyKey} AND NOT ${HIDDEN.truncated}` : anyKey;
  return (
    `SELECT count(*) AS events, count_if(${HIDDEN.sequence} IS NULL) AS null_sequences, count_if(${nullKey}) AS null_keys` +
    `${plan.truncates ? `, count_if(${HIDDEN.truncated}) AS truncates` : ''} FROM ${events}`
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
  if (!plan.truncates) return computed(plan, events, hasTies);
  const truncate = lastTruncate(plan, backingColumns(plan), [events]);
  return `${computed(plan, survivors(plan, events, truncate), hasTies)} UNION ALL ${truncate}`;
}

/**
 * What the backing table holds of the keys that a batch touches, once the batch is in: their stored events and the new ones, computed
 * anew. Doing it again for the same batch gives the same.
 */
export function touchedQuery(plan: CdcPlan, backing: string, events: string): string {
  const known = touchedEvents(plan, backing, events);
  if (!plan.truncates) return computed(plan, known, true);
  return computed(plan, survivors(plan, known, lastTruncate(plan, backingColumns(plan), [backing])), true);
}

/** The rows of the backing table whose keys a batch does not touch. */
export function untouchedQuery(plan: CdcPlan, backing: string, events: string): string {
  const columns = backingColumns(plan).map(quoteName).join(', ');
  return `SELECT ${columns} FROM ${backing} AS t LEFT ANTI JOIN ${touchedKeys(plan, events)} AS s ON ${keyJoin(plan)}`;
}

/**
 * The whole backing table after a batch with a truncate in it. A truncate that comes late touches every key: what is shown of a key
 * may have been filled from an event that it takes away.
 */
export function truncatedQuery(plan: CdcPlan, backing: string, events: string): string {
  const own = eventColumns(plan);
  return initialQuery(plan, `(SELECT ${own} FROM ${backing} UNION ALL SELECT ${own} FROM ${events})`, true);
}

function touchedEvents(plan: CdcPlan, backing: string, events: string): string {
  const own = eventColumns(plan);
  const stored = `SELECT ${own} FROM ${backing} AS t LEFT SEMI JOIN ${touchedKeys(plan, events)} AS s ON ${keyJoin(plan)}`;
  return `(${stored} UNION ALL SELECT ${own} FROM ${events})`;
}

/** The public table as a query over the backing table. */
export function publicQuery(plan: CdcPlan, backing: string): string {
  const partial = plan.partial.map(({ name }) => name);
  const columns = plan.columns
    .map(({ name }) => (partial.includes(name) ? `${HIDDEN.shown}.${quoteName(name)} AS ${quoteName(name)}` : quoteName(name)))
    .join(', ');
  if (plan.scdType === 1)
    return `SELECT ${columns} FROM ${backing} WHERE ${partial.length > 0 ? HIDDEN.visible : `NOT ${HIDDEN.deleted}`}`;
  return (
    `SELECT ${columns}, ${HIDDEN.start} AS ${PUBLIC_START}, ${HIDDEN.end} AS ${PUBLIC_END} ` +
    `FROM ${backing} WHERE ${HIDDEN.visible}`
  );
}

/** Names of the columns that the backing table stores, in order. */
export function backingColumns(plan: CdcPlan): readonly string[] {
  const versions = plan.scdType === 1 ? [] : [HIDDEN.start, HIDDEN.end];
  const shown = plan.partial.length > 0 ? [HIDDEN.shown] : [];
  const visible = plan.scdType === 2 || plan.partial.length > 0 ? [HIDDEN.visible] : [];
  return [...eventNames(plan), ...versions, ...visible, ...shown];
}

/** Names of what is known of an event, in the order in which they are stored. */
function eventNames(plan: CdcPlan): readonly string[] {
  return [
    ...plan.columns.map((column) => column.name),
    HIDDEN.sequence,
    HIDDEN.deleted,
    ...(plan.truncates ? [HIDDEN.truncated] : []),
    ...(plan.partial.length > 0 ? [HIDDEN.authored] : []),
  ];
}

function computed(plan: CdcPlan, events: string, hasTies: boolean): string {
  if (plan.partial.length > 0) return plan.scdType === 1 ? latestLeaves(plan, events) : filledVersions(plan, events);
  return plan.scdType === 1 ? latestEvents(plan, events) : allVersions(plan, events, hasTies);
}

function latestEvents(plan: CdcPlan, events: string): string {
  const order = `${plan.sequence.descending(HIDDEN.sequence)}, ${tieOrder(plan)}`;
  const rank = `row_number() OVER (PARTITION BY ${keyList(plan)} ORDER BY ${order})`;
  return `SELECT ${eventColumns(plan)} FROM (SELECT *, ${rank} AS __rank FROM ${events}) WHERE __rank = 1`;
}

/**
 * SCD 1 with IGNORE NULL UPDATES: the events of a key that still matter (the last one, the last delete, and those whose leaves are
 * shown), values shown on the last. Events of one sequence count one after the other, deletes last.
 */
function latestLeaves(plan: CdcPlan, events: string): string {
  const order = `${plan.sequence.ascending(HIDDEN.sequence)}, ${HIDDEN.deleted} ASC, ${contentHash(plan, '')} ASC`;
  const number = `row_number() OVER (PARTITION BY ${keyList(plan)} ORDER BY ${order})`;
  const ofKey = (value: string) => `max(${value}) OVER (PARTITION BY ${keyList(plan)})`;
  const numbered =
    `SELECT *, ${ofKey('__number')} AS __last, ` +
    `coalesce(${ofKey(`CASE WHEN ${HIDDEN.deleted} THEN __number END`)}, 0) AS __cleared ` +
    `FROM (SELECT *, ${number} AS __number FROM ${events})`;
  const leaves = leavesOf(plan.partial);
  const author = (leaf: Leaf) => `CASE WHEN ${authors(leaf)} AND __number > __cleared THEN __number END`;
  const filled = leaves.flatMap((leaf) => [
    `max_by(struct(${leaf.value} AS v), ${author(leaf)}) AS __${leaf.name}`,
    `max(${author(leaf)}) AS __${leaf.name}_at`,
  ]);
  const keys = plan.keys.map((key, index) => `${quoteName(key)} AS __key_${index}`);
  const latest = `SELECT ${[...keys, ...filled].join(', ')} FROM (${numbered}) GROUP BY ${keyList(plan)}`;
  const on = plan.keys.map((key, index) => `e.${quoteName(key)} = s.__key_${index}`).join(' AND ');
  const visible = `(__number = __last AND NOT ${HIDDEN.deleted})`;
  const matters = ['__last', '__cleared', ...leaves.map(({ name }) => `__${name}_at`)].map((at) => `__number <=> ${at}`);
  return (
    `SELECT ${eventColumns(plan)}, ${visible} AS ${HIDDEN.visible}, ` +
    `CASE WHEN ${visible} THEN ${shownStruct(plan, ({ name }) => `__${name}`)} END AS ${HIDDEN.shown} ` +
    `FROM (${numbered}) AS e JOIN (${latest}) AS s ON ${on} WHERE ${matters.join(' OR ')}`
  );
}

function shownStruct(plan: CdcPlan, filled: (leaf: Leaf) => string): string {
  return `named_struct(${plan.partial.map((column) => `${quoteString(column.name)}, ${putTogether(column, filled)}`).join(', ')})`;
}

/** SCD 2 with IGNORE NULL UPDATES: versions of events whose ignored nulls are filled from the events before them. */
function filledVersions(plan: CdcPlan, events: string): string {
  const running = 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW';
  const order = plan.sequence.ascending(HIDDEN.sequence);
  const epoch = `count_if(${HIDDEN.deleted}) OVER (PARTITION BY ${keyList(plan)} ORDER BY ${order} ${running}) AS __epoch`;
  const inEpochs = `SELECT *, ${epoch} FROM (${uniqueEvents(plan, events)})`;
  const filled = leavesOf(plan.partial).map(
    (leaf) =>
      `last_value(CASE WHEN ${authors(leaf)} THEN struct(${leaf.value} AS v) END) IGNORE NULLS ` +
      `OVER (PARTITION BY ${keyList(plan)}, __epoch ORDER BY ${order} ${running}) AS __${leaf.name}`,
  );
  const names = plan.partial.map(({ name }) => name);
  const own = eventNames(plan).map((name) => {
    const column = plan.partial.find((each) => each.name === name);
    return column ? `${putTogether(column, (leaf) => `__${leaf.name}`)} AS ${quoteName(name)}` : quoteName(name);
  });
  const struct = `named_struct(${names.map((name) => `${quoteString(name)}, ${quoteName(name)}`).join(', ')})`;
  const complete = `SELECT ${[...own, `${struct} AS __raw`].join(', ')} FROM (SELECT *, ${filled.join(', ')} FROM (${inEpochs}))`;
  const stored = backingColumns(plan).map((name) => {
    if (name === HIDDEN.shown) return `CASE WHEN ${HIDDEN.visible} THEN ${struct} END AS ${name}`;
    return names.includes(name) ? `__raw.${quoteName(name)} AS ${quoteName(name)}` : quoteName(name);
  });
  return `SELECT ${stored.join(', ')} FROM (${versions(plan, complete)})`;
}

function allVersions(plan: CdcPlan, events: string, hasTies: boolean): string {
  const unique = hasTies ? uniqueEvents(plan, events) : `SELECT * FROM ${events}`;
  return `SELECT ${backingColumns(plan).map(quoteName).join(', ')} FROM (${versions(plan, unique)})`;
}

/** Of several events with one sequence the one that wins. */
function uniqueEvents(plan: CdcPlan, events: string): string {
  const rank =
    `row_number() OVER (PARTITION BY ${keyList(plan)}, ${plan.sequence.columns(HIDDEN.sequence).join(', ')} ` +
    `ORDER BY ${tieOrder(plan)})`;
  return `SELECT * FROM (SELECT *, ${rank} AS __rank FROM ${events}) WHERE __rank = 1`;
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
    `SELECT ${eventColumns(plan)}${plan.partial.length > 0 ? ', __raw' : ''}, ` +
    `CASE WHEN ${shown} THEN __opened END AS ${start}, CASE WHEN ${shown} THEN __next_sequence END AS ${end}, ${shown} AS ${visible} ` +
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
  const authored = plan.partial.length > 0 ? [`CAST(${prefix}${HIDDEN.authored} AS STRING)`] : [];
  return `xxhash64(${[...parts, ...authored].join(', ')})`;
}

function eventColumns(plan: CdcPlan): string {
  return eventNames(plan).map(quoteName).join(', ');
}

function keyList(plan: CdcPlan): string {
  return plan.keys.map(quoteName).join(', ');
}
