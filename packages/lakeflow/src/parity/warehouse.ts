import { setTimeout as sleep } from 'node:timers/promises';
import { LakewrightError } from '@lakewright/config';
import type { Column } from '../engine';

export interface WarehouseAddress {
  /** `https://<workspace>`. */
  readonly host: string;
  readonly token: string;
  readonly warehouse: string;
}

/** Rows as the warehouse gives them: every value as text, complex ones as JSON. */
export interface WarehouseResult {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (string | null)[])[];
}

interface StatementResponse {
  readonly statement_id: string;
  readonly status: { readonly state: string; readonly error?: { readonly error_code?: string; readonly message?: string } };
  readonly manifest?: {
    readonly schema: { readonly columns?: readonly { readonly name: string; readonly type_text: string }[] };
  };
  readonly result?: Chunk;
}
interface Chunk {
  readonly data_array?: readonly (readonly (string | null)[])[];
  readonly next_chunk_internal_link?: string;
}

const WAIT = '30s';
const POLL_MS = 500;
const TIMEOUT_MS = 600_000;

/** Statements on a Databricks SQL warehouse ("Statement Execution API", docs.databricks.com). */
export class Warehouse {
  constructor(private readonly address: WarehouseAddress) {}

  /** @throws LakewrightError PARITY_STATEMENT when the warehouse fails it; PARITY_WAREHOUSE when it does not answer */
  async query(statement: string): Promise<WarehouseResult> {
    const body = {
      warehouse_id: this.address.warehouse,
      statement,
      wait_timeout: WAIT,
      format: 'JSON_ARRAY',
      disposition: 'INLINE',
    };
    let response = await this.ask<StatementResponse>('/api/2.0/sql/statements', body);
    const deadline = Date.now() + TIMEOUT_MS;
    while (['PENDING', 'RUNNING'].includes(response.status.state) && Date.now() < deadline) {
      await sleep(POLL_MS);
      response = await this.ask<StatementResponse>(`/api/2.0/sql/statements/${response.statement_id}`);
    }
    const { state, error } = response.status;
    if (state !== 'SUCCEEDED') {
      const why = error?.message ?? `it ended as ${state}`;
      throw new LakewrightError('PARITY_STATEMENT', `the warehouse: ${why}`, { hint: 'run the statement there to see more' });
    }
    const columns = (response.manifest?.schema.columns ?? []).map(({ name, type_text }) => ({
      name,
      type: type_text.toLowerCase(),
    }));
    return { columns, rows: await this.chunks(response.result) };
  }

  private async chunks(first: Chunk | undefined): Promise<WarehouseResult['rows']> {
    const rows = [...(first?.data_array ?? [])];
    for (let link = first?.next_chunk_internal_link; link !== undefined; ) {
      const chunk: Chunk = (await this.ask<{ result?: Chunk } & Chunk>(link)) ?? {};
      rows.push(...(chunk.data_array ?? []));
      link = chunk.next_chunk_internal_link;
    }
    return rows;
  }

  private async ask<Answer>(path: string, body?: object): Promise<Answer> {
    const { host, token } = this.address;
    try {
      const response = await fetch(`${host.replace(/\/$/, '')}${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (response.ok) return (await response.json()) as Answer;
      throw new Error(`it answers ${response.status}: ${(await response.text()).slice(0, 300)}`);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new LakewrightError('PARITY_WAREHOUSE', `the Databricks workspace ${host} cannot be asked: ${why}`, {
        hint: 'look at DATABRICKS_HOST, DATABRICKS_TOKEN and DATABRICKS_WAREHOUSE_ID',
        cause,
      });
    }
  }
}
