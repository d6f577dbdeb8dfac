import {
  CreateTableCommand,
  EntityNotFoundException,
  GetDatabaseCommand,
  GetTableCommand,
  GlueClient,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { type Invocation, logLine } from '../../../log-line';
import { latestColumns } from './latest-commit';
import { tableInput } from './table-input';

export interface Request {
  readonly database: string;
  readonly table: string;
  /** The full load that the table was made from; left out, what the catalog says of it stays. */
  readonly load?: string;
}

/** What became of the table's entry in the catalog. */
export interface Answer {
  readonly database: string;
  readonly table: string;
  readonly outcome: 'created' | 'updated' | 'unchanged';
  readonly columns: number;
}

const NAME = /^[a-z][a-z0-9_]*$/;

/**
 * Registers a Hudi table in the catalog, with the columns of its latest commit; brings a registered one up to date. It lies in the folder
 * of its name below the database's location.
 *
 * @throws NoCommitError, UnknownTypeError; what Glue and S3 throw
 */
export async function handler({ database, table, load }: Request, invocation: Invocation = {}): Promise<Answer> {
  if (!NAME.test(database) || !NAME.test(table))
    throw new Error(`database and table must be plain names (got ${database}, ${table})`);
  const glue = new GlueClient({});
  const { Database } = await glue.send(new GetDatabaseCommand({ Name: database }));
  if (!Database?.LocationUri) throw new Error(`the database ${database} has no location`);
  const location = `${Database.LocationUri.replace(/\/$/, '')}/${table}/`;
  const known = await find(glue, database, table);
  const fullLoad = load ?? known?.Parameters?.full_load;
  const wanted = tableInput(table, location, await latestColumns(new S3Client({}), location), fullLoad);
  const outcome = await register(glue, database, known, wanted);
  const columns = wanted.StorageDescriptor?.Columns?.length ?? 0;
  logLine('INFO', 'table registered', { database, table, outcome, columns, request_id: invocation.awsRequestId ?? null });
  return { database, table, outcome, columns };
}

async function register(
  glue: GlueClient,
  database: string,
  known: TableInput | undefined,
  wanted: TableInput,
): Promise<Answer['outcome']> {
  if (!known) {
    await glue.send(new CreateTableCommand({ DatabaseName: database, TableInput: wanted }));
    return 'created';
  }
  if (JSON.stringify(comparable(known)) === JSON.stringify(comparable(wanted))) return 'unchanged';
  await glue.send(new UpdateTableCommand({ DatabaseName: database, TableInput: wanted }));
  return 'updated';
}

async function find(glue: GlueClient, DatabaseName: string, Name: string): Promise<TableInput | undefined> {
  try {
    const { Table } = await glue.send(new GetTableCommand({ DatabaseName, Name }));
    return Table && { ...Table, Name };
  } catch (error) {
    if (error instanceof EntityNotFoundException) return undefined;
    throw error;
  }
}

function comparable({ StorageDescriptor, Parameters }: TableInput) {
  const columns = (StorageDescriptor?.Columns ?? []).map(({ Name, Type }) => `${Name} ${Type}`);
  return { columns, location: StorageDescriptor?.Location, fullLoad: Parameters?.full_load };
}
