import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, localPaths, projectRoot } from '@lakewright/config';
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
  const [aws, engine, web, mysql, postgresql, dms] = (await freePorts(6)) as [number, number, number, number, number, number];
  const context = await openLocal({
    root: projectRoot(),
    paths: localPaths(home),
    ports: { aws, engine, web, mysql, postgresql, dms },
  });
  return {
    ...context,
    async dispose() {
      await stopServices(context);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
