import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localPaths, projectRoot } from '@lakewright/config';
import { type LocalContext, openLocal, stopServices } from '../../src';

export interface TestHome extends LocalContext {
  /** Ends every service and removes the home. */
  dispose(): Promise<void>;
}

/**
 * A local plane of its own in a temporary home. `folder` is where test assets lie and what resources' folders are relative to;
 * `checkout` is where the project's programs (Python, launcher) are found.
 */
export async function testHome(): Promise<TestHome> {
  const home = mkdtempSync(join(tmpdir(), 'lakewright-local-'));
  const [aws, engine, web] = (await freePorts(3)) as [number, number, number];
  const context = await openLocal({
    root: projectRoot(),
    paths: localPaths(home),
    ports: { aws, engine, web },
  });
  return {
    ...context,
    async dispose() {
      await stopServices(context);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
