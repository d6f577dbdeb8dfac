import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AthenaClient,
  type ColumnInfo,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  type Row,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { EXIT, LakewrightError } from '@lakewright/config';
import { awsClients } from '../aws/clients';
import type { LocalContext } from '../context';
import type { AthenaInstance } from '../runners/athena';
import { readInstanceFile } from '../services/instance';

export interface AthenaOptions {
  /** The database of tables that are named without one. @default `default`, as in Athena */
  readonly database?: string;
  /** @default the only one that is deployed */
  readonly workgroup?: string;
}

export interface AthenaResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Whole numbers, doubles and booleans as such, all other values as the text that Athena writes. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** The execution, as GetQueryExecution has it at its end. */
  readonly execution: QueryExecution;
}

const POLL_MS = 50;
const WHOLE = new Set(['tinyint', 'smallint', 'integer', 'bigint']);
const FLOATING = new Set(['float', 'double']);

/**
 * Runs one query of Athena, through the API that applications use, and waits for its rows.
 *
 * @throws LakewrightError LOCAL_ATHENA_MISSING, LOCAL_ATHENA_WORKGROUP (exit 2); LOCAL_ATHENA_QUERY with Athena's reason, which has
 *   the line and column in the SQL
 */
export async function queryAthena(context: LocalContext, sql: string, options: AthenaOptions = {}): Promise<AthenaResult> {
  const WorkGroup = chosenWorkgroup(context, options.workgroup);
  const aws = awsClients(context);
  try {
    const id = await start(aws.athena, { QueryString: sql, WorkGroup, QueryExecutionContext: { Database: options.database } });
    const execution = await ended(aws.athena, id);
    if (execution.Status?.State !== 'SUCCEEDED')
      throw failure(execution.Status?.StateChangeReason ?? 'the query did not succeed');
    return { ...(await results(aws.athena, execution)), execution };
  } finally {
    aws.close();
  }
}

function chosenWorkgroup(context: LocalContext, wanted: string | undefined): string {
  const known = readInstanceFile<AthenaInstance>(context, 'athena')?.workgroups ?? [];
  const chosen = wanted ?? known[0];
  if (chosen === undefined || known.length === 0) {
    throw new LakewrightError('LOCAL_ATHENA_MISSING', 'no workgroup of Athena is deployed on this machine', {
      hint: 'deploy a system that has one: lakewright up certifications',
    });
  }
  if (!known.includes(chosen) || (wanted === undefined && known.length > 1)) {
    const what = wanted === undefined ? 'more than one workgroup is deployed' : `there is no workgroup "${wanted}"`;
    throw new LakewrightError('LOCAL_ATHENA_WORKGROUP', what, {
      hint: `name one of ${known.join(', ')} with --workgroup`,
      exitCode: EXIT.usage,
    });
  }
  return chosen;
}

async function start(athena: AthenaClient, input: StartQueryExecutionCommand['input']): Promise<string> {
  try {
    return (await athena.send(new StartQueryExecutionCommand(input))).QueryExecutionId!;
  } catch (error) {
    const { name, AthenaErrorCode, message } = error as { name: string; AthenaErrorCode?: string; message: string };
    if (name !== 'InvalidRequestException') throw error;
    throw failure(`${AthenaErrorCode ?? name}: ${message}`, error);
  }
}

async function ended(athena: AthenaClient, QueryExecutionId: string): Promise<QueryExecution> {
  for (;;) {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    if (!['QUEUED', 'RUNNING'].includes(QueryExecution?.Status?.State ?? '')) return QueryExecution!;
    await sleep(POLL_MS);
  }
}

async function results(athena: AthenaClient, execution: QueryExecution): Promise<Pick<AthenaResult, 'columns' | 'rows'>> {
  const rows: Row[] = [];
  let columns: ColumnInfo[] = [];
  let NextToken: string | undefined;
  do {
    const input = { QueryExecutionId: execution.QueryExecutionId, NextToken };
    const page = await athena.send(new GetQueryResultsCommand(input));
    columns = page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
    rows.push(...(page.ResultSet?.Rows ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  // The first row of a query, and of no other statement, is its header.
  if (execution.StatementType === 'DML') rows.shift();
  const named = distinctNames(columns);
  return { columns: named, rows: rows.map((row) => record(named, row)) };
}

/** Athena may give two columns one name, a record may not. */
function distinctNames(columns: readonly ColumnInfo[]): { name: string; type: string }[] {
  const taken = new Set<string>();
  return columns.map(({ Name, Type }) => {
    let name = Name!;
    for (let count = 2; taken.has(name); count += 1) name = `${Name}_${count}`;
    taken.add(name);
    return { name, type: Type! };
  });
}

function record(columns: readonly { name: string; type: string }[], { Data = [] }: Row): Record<string, unknown> {
  return Object.fromEntries(columns.map(({ name, type }, place) => [name, parsed(Data[place]?.VarCharValue, type)]));
}

function parsed(value: string | undefined, type: string): unknown {
  if (value === undefined) return null;
  if (WHOLE.has(type)) return BigInt(value);
  if (type === 'boolean') return value === 'true';
  // JSON has no other number than a finite one.
  if (FLOATING.has(type) && Number.isFinite(Number(value))) return Number(value);
  return value;
}

function failure(reason: string, cause?: unknown): LakewrightError {
  return new LakewrightError('LOCAL_ATHENA_QUERY', reason, {
    hint: 'what runs here, and what is refused: docs/reference/athena.md',
    cause,
  });
}
