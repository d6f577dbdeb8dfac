import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import { SOCKET } from './configuration';

/**
 * Does something as the account of the user of this machine, who is let in through the server's socket without a password.
 * The socket is reached by a link in a folder of its own: the kernel takes no path over 107 bytes.
 */
export async function withAdmin<T>(data: string, action: (connection: Connection) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'lakewright-'));
  const link = join(folder, 'data');
  symlinkSync(data, link);
  try {
    const connection = await createConnection({
      socketPath: join(link, SOCKET),
      user: userInfo().username,
      connectTimeout: 5_000,
    });
    try {
      return await action(connection);
    } finally {
      await connection.end();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
