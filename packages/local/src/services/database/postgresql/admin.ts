import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { ADMIN } from './data';

/** Does something as the server's own account, by its socket (see `mariadb/admin.ts` for the link). */
export async function withAdmin<T>(data: string, port: number, action: (client: Client) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'lakewright-'));
  const host = join(folder, 'data');
  symlinkSync(data, host);
  const client = new Client({ host, port, user: ADMIN, database: 'postgres', connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    return await action(client);
  } finally {
    await client.end();
    rmSync(folder, { recursive: true });
  }
}
