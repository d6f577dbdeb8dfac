import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { projectRoot } from '@lakewright/config';
import type { SparkInstallation } from '@lakewright/glue';
import { requireGlueSpark } from '@lakewright/local';

/** Longer than it takes to install Spark: `npm test` does so before, `npx jest` of one suite does it here. */
const INSTALL_MS = 900_000;

/** Why nothing that needs Apache Spark runs on this machine; undefined where it does. */
function problem(): string | undefined {
  const { status, stderr } = spawnSync(process.execPath, [join(projectRoot(), 'tooling/spark.mjs'), 'glue', '--check'], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : stderr.trim();
}

/**
 * A suite that needs the Spark of Glue, which lies in the folder of tools (`.tools`, or LAKEWRIGHT_TOOLS). Where it cannot run, the suite
 * is skipped and its name says why. Jobs that `lakewright` runs find the same Spark by themselves.
 *
 * @param body gets a function that gives the installation, for hooks and tests
 */
export function describeWithSpark(name: string, body: (installation: () => SparkInstallation) => void): void {
  let found: SparkInstallation | undefined;
  const why = problem();
  if (why !== undefined) {
    describe.skip(`${name} (${why})`, () => body(() => found!));
    return;
  }
  describe(name, () => {
    beforeAll(async () => {
      const home = await requireGlueSpark(projectRoot());
      found = { python: resolve(home, '../../../../bin/python'), modules: join(projectRoot(), 'packages/glue/python') };
    }, INSTALL_MS);
    body(() => found!);
  });
}
