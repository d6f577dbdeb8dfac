import { setTimeout as sleep } from 'node:timers/promises';
import {
  AthenaClient,
  GetQueryExecutionCommand,
  paginateGetQueryResults,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';

export { AthenaClient };

/** Every value as Athena tells it in text; null where there is none. */
export type AthenaRow = Readonly<Record<string, string | null>>;

/** The rows of a query, by the AWS SDK as any application would ask. */
export async function athenaRows(athena: AthenaClient, workgroup: string, query: string): Promise<AthenaRow[]> {
  const { QueryExecutionId } = await athena.send(new StartQueryExecutionCommand({ QueryString: query, WorkGroup: workgroup }));
  for (;;) {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    const { State, StateChangeReason } = QueryExecution!.Status!;
    if (State === 'SUCCEEDED') break;
    if (State === 'FAILED' || State === 'CANCELLED') throw new Error(`${State}: ${StateChangeReason}`);
    await sleep(50);
  }
  const rows: AthenaRow[] = [];
  let header = true;
  for await (const { ResultSet } of paginateGetQueryResults({ client: athena }, { QueryExecutionId })) {
    const names = ResultSet!.ResultSetMetadata!.ColumnInfo!.map(({ Name }) => Name!);
    // The first row of the first page has the names.
    for (const { Data = [] } of header ? ResultSet!.Rows!.slice(1) : ResultSet!.Rows!) {
      rows.push(Object.fromEntries(names.map((name, index) => [name, Data[index]?.VarCharValue ?? null])));
    }
    header = false;
  }
  return rows;
}
