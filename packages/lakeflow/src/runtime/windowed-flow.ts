import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import { convert } from '../delta/evolution';
import { latestVersion, tableColumns } from '../delta/log';
import { prepareExpression, prepareQuery, type WrittenQuery } from '../dialect';
import { type Column, deltaAddress, type SqlEngine } from '../engine';
import { parseColumns } from '../engine/ddl';
import { quoteName, type SparkField } from '../engine/spark-type';
import { type QueryFlow, type QueryRead, replaceReads, type WindowedSelect } from '../sql';
import type { Checkpoint } from './checkpoint';
import type { DatasetFolder } from './pipeline-folder';
import type { UpdateContext } from './update-context';

/** What a flow that aggregates a stream keeps between updates. */
export interface WindowState {
  /** ISO time: every group that closes up to it was given. Absent before the first row. */
  readonly watermark?: string;
  /** Name of the folder with the rows of groups that are still open, below `state` of the dataset; absent when there are none. */
  readonly rows?: string;
}

/** The column that tells when a group is complete. */
const CLOSES = '__lakewright_closes';

/**
 * An aggregate over a stream, in Spark's append mode: a group is given once, when the watermark (the largest time seen, less the
 * delay) has passed its end; rows of groups that were given already come too late and are left out. An update is one batch, and what is
 * late is judged by the watermark that the update before left ("Apply watermarks to control data processing thresholds",
 * docs.databricks.com).
 *
 * The state is the rows of the open groups, not their partial aggregates: any aggregate is then exact. Each batch writes it anew, before
 * its commit, into a folder that the checkpoint names; so batch, state and position hold together through any crash.
 */
export class WindowedFlow {
  private state: WindowState = {};
  /** All rows that may still matter, as SQL for FROM. */
  private rows = '';

  constructor(
    private readonly context: UpdateContext,
    private readonly flow: QueryFlow,
    private readonly windowed: WindowedSelect,
    private readonly before: WindowState,
    private readonly folder: DatasetFolder,
  ) {}

  /** What the flow keeps after this batch. Complete after `open`. */
  get next(): WindowState {
    return this.state;
  }

  /**
   * The flow's query over the rows of open groups and the new ones, giving the groups that close in this batch.
   *
   * @param stream the new rows, as SQL for FROM
   * @throws LakewrightError LAKEFLOW_COLUMNS when the watermark is no timestamp, LAKEFLOW_STATE_GONE
   */
  async open(stream: string, staging: string): Promise<string> {
    const { engine } = this.context;
    const columns = await engine.describe(`SELECT * FROM ${stream}`);
    this.checkTime(columns);
    const location = join(staging, 'stream');
    await engine.appendDelta(`SELECT * FROM ${stream}`, location, this.flow.name);
    this.rows = this.withState(`delta.\`${deltaAddress(location)}\``, columns);
    const watermark = await this.advance();
    const rows = watermark === undefined || !(await this.hasOpen(watermark)) ? undefined : this.stateName();
    this.state = { ...(watermark === undefined ? {} : { watermark }), ...(rows === undefined ? {} : { rows }) };
    return this.closing();
  }

  /** Writes the rows of the groups that stay open. */
  async stageState(): Promise<void> {
    const { rows, watermark } = this.state;
    if (rows === undefined) return;
    await this.context.engine.appendDelta(
      `SELECT * FROM ${this.rows} WHERE ${this.isOpen(watermark!)}`,
      this.location(rows),
      rows,
    );
  }

  private checkTime(columns: readonly Column[]): void {
    const { column } = this.windowed.watermark;
    const found = columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
    if (found?.type.startsWith('timestamp')) return;
    const what = found ? `is a ${found.type}` : 'is no column of the stream';
    throw new LakewrightError('LAKEFLOW_COLUMNS', `the watermark of ${this.flow.name} needs a timestamp, and ${column} ${what}`, {
      location: this.flow.query.location,
      hint: 'write WATERMARK CAST(column AS TIMESTAMP) AS name DELAY OF ...',
    });
  }

  private withState(stream: string, columns: readonly Column[]): string {
    const time = quoteName(this.windowed.watermark.column);
    const fields = columns.flatMap(({ name, type }) => parseColumns(`${quoteName(name)} ${type}`));
    const list = fields.map(({ name }) => quoteName(name)).join(', ');
    const fresh = `SELECT ${list} FROM ${stream} WHERE ${time} IS NOT NULL`;
    if (this.before.rows === undefined) return `(${fresh})`;
    const location = this.location(this.before.rows);
    if (latestVersion(location) < 0) throw this.gone();
    const stored = tableColumns(location).flatMap(({ name, type }) => parseColumns(`${quoteName(name)} ${type}`));
    const kept = fields.map((field) => `${asColumn(field, stored)} AS ${quoteName(field.name)}`).join(', ');
    return `(${fresh} UNION ALL SELECT ${kept} FROM delta.\`${deltaAddress(location)}\`)`;
  }

  private gone(): LakewrightError {
    const message = `the state of ${this.flow.name} is gone: the rows of its open windows`;
    return new LakewrightError('LAKEFLOW_STATE_GONE', message, {
      location: this.flow.location,
      hint: 'refresh its table fully: the rows are then read again from the source',
    });
  }

  /** The watermark after the new rows; it never goes back. */
  private async advance(): Promise<string | undefined> {
    const { column, delay } = this.windowed.watermark;
    const seen = `max(${quoteName(column)}) - ${delay}`;
    const { rows } = await this.context.engine.sql(`SELECT CAST(${seen} AS TIMESTAMP) AS w FROM ${this.rows}`);
    const given = rows[0]?.['w'];
    const { watermark } = this.before;
    if (typeof given !== 'string') return watermark;
    return watermark !== undefined && isLater(watermark, given) ? watermark : given;
  }

  private async hasOpen(watermark: string): Promise<boolean> {
    const { rows } = await this.context.engine.sql(`SELECT 1 AS one FROM ${this.rows} WHERE ${this.isOpen(watermark)} LIMIT 1`);
    return rows.length > 0;
  }

  /** Whether a row may be in a group that is not complete. */
  private isOpen(watermark: string): string {
    const { length, watermark: of } = this.windowed;
    const time = quoteName(of.column);
    return `${length === undefined ? time : `${time} + ${length}`} > ${literal(watermark)}`;
  }

  /** The query over all rows, with the groups that do not close now left out where they come into being. */
  private async closing(): Promise<string> {
    const { engine } = this.context;
    const { query } = this.flow;
    const [begin, end] = this.windowed.range;
    const groups = await prepareQuery(engine, this.groups());
    const columns = (await engine.describe(groups)).filter((column) => column.name !== CLOSES);
    const list = columns.map((column) => quoteName(column.name)).join(', ');
    const select = `SELECT ${list} FROM (${groups}) WHERE ${this.isClosing()}`;
    if (begin === 0 && end === query.text.length) return select;
    const stand = `SELECT * FROM ${CLOSES}`;
    const text = query.text.slice(0, begin) + stand + query.text.slice(end);
    const range = [begin + stand.length - CLOSES.length, begin + stand.length] as const;
    return prepareQuery(engine, {
      text,
      location: query.location,
      replacements: [{ range, sql: `(${select})`, name: undefined }],
    });
  }

  /** The SELECT with one more column that tells when its groups are complete. */
  private groups(): WrittenQuery {
    const { query } = this.flow;
    const { range, listEnd, closesAt } = this.windowed;
    const added = `, ${closesAt} AS ${CLOSES}`;
    const text = query.text.slice(range[0], listEnd) + added + query.text.slice(listEnd, range[1]);
    const shift = added.length - range[0];
    const [replacement] = replaceReads(query, () => this.rows);
    const [start, end] = replacement!.range;
    return { text, location: query.location, replacements: [{ ...replacement!, range: [start + shift, end + shift] }] };
  }

  private isClosing(): string {
    const { watermark } = this.state;
    if (watermark === undefined) return 'false';
    const passed = `${CLOSES} <= ${literal(watermark)}`;
    return this.before.watermark === undefined ? passed : `${passed} AND ${CLOSES} > ${literal(this.before.watermark)}`;
  }

  private location(rows: string): string {
    return join(this.folder.state, rows);
  }

  private stateName(): string {
    const flow = createHash('sha256').update(this.flow.name).digest('hex').slice(0, 8);
    return `${flow}-${randomUUID().slice(0, 8)}`;
  }
}

/** A stream with the column that its watermark computes. */
export async function withWatermark(engine: SqlEngine, { watermark }: QueryRead, relation: string): Promise<string> {
  if (watermark?.expression === undefined) return relation;
  const value = await prepareExpression(engine, watermark.expression, relation);
  return `(SELECT *, (${value}) AS ${quoteName(watermark.column)} FROM ${relation})`;
}

/** Removes what earlier batches, and attempts that failed, kept. */
export function removeOldStates(folder: DatasetFolder, { positions }: Checkpoint): void {
  if (!existsSync(folder.state)) return;
  const needed = new Set(Object.values(positions).flatMap((sources) => Object.values(sources).map(({ window }) => window?.rows)));
  for (const name of readdirSync(folder.state)) {
    if (!needed.has(name)) rmSync(join(folder.state, name), { recursive: true });
  }
}

function asColumn(field: SparkField, stored: readonly SparkField[]): string {
  const found = stored.find(({ name }) => name === field.name);
  return found ? convert(quoteName(field.name), found.type, field.type) : 'NULL';
}

function literal(time: string): string {
  return `TIMESTAMP'${time}'`;
}

/** Times as the engine gives them differ in the digits of the fraction. */
function isLater(a: string, b: string): boolean {
  const plain = (time: string) => {
    const [seconds = '', fraction = ''] = time.replace('Z', '').split('.');
    return `${seconds}.${fraction.padEnd(9, '0')}`;
  };
  return plain(a) > plain(b);
}
