import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, type LocalPorts, localPaths, projectRoot } from '@lakewright/config';
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
  const names = ['aws', 'engine', 'web', 'mysql', 'postgresql', 'dms', 'glue', 'athena'] as const;
  const free = await freePorts(names.length);
  const ports = Object.fromEntries(names.map((name, index) => [name, free[index]])) as LocalPorts;
  const context = await openLocal({
    root: projectRoot(),
    paths: localPaths(home),
    ports,
  });
  return {
    ...context,
    async dispose() {
      await stopServices(context);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
