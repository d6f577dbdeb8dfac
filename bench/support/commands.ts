import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { type LocalPlane, run } from '../../test/support/clone';
import { type Cost, measured } from './measure';

/** Runs Node in the checkout with a plane's home and a folder for what is synthesized. @throws Error with what it printed */
export function node(plane: LocalPlane, args: readonly string[], outdir: string): Promise<Cost> {
  return costOf(process.execPath, args, {
    LAKEWRIGHT_HOME: plane.home,
    LAKEWRIGHT_STATE: join(plane.home, '.state'),
    CDKTF_OUTDIR: outdir,
    CI: '1',
  });
}

/** Runs `cdktf` as `npx cdktf` does, but for the time that npx itself takes. */
export function cdktf(plane: LocalPlane, args: readonly string[], outdir: string): Promise<Cost> {
  return node(plane, [join(projectRoot(), 'node_modules/.bin/cdktf'), ...args], outdir);
}

/** Runs `lakewright` against a plane. */
export function lakewright(plane: LocalPlane, args: readonly string[]): Promise<Cost> {
  return costOf(process.execPath, [join(projectRoot(), 'packages/cli/bin/lakewright.mjs'), ...args], {
    LAKEWRIGHT_HOME: plane.home,
  });
}

async function costOf(command: string, args: readonly string[], env: Record<string, string>): Promise<Cost> {
  const { cost, value } = await measured(() => run(command, args, env));
  if (value.code !== 0)
    throw new Error(`${args.join(' ')} ended with ${value.code}:\n${value.stderr}${value.stdout}`.slice(-4000));
  return cost;
}
