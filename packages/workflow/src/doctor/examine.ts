import { LakewrightError } from '@lakewright/config';
import type { CheckResult, Finding } from './check';
import {
  checkChromium,
  checkDisk,
  checkGlueSpark,
  checkHome,
  checkJava,
  checkMariaDb,
  checkNode,
  checkPython,
  checkTerraform,
} from './machine';
import { checkPlane } from './plane';

/** Looks at this machine and at this clone; changes nothing. A check that fails is a finding as well. */
export async function examine(root: string): Promise<CheckResult[]> {
  const machine: Record<string, () => Finding> = {
    Node: () => checkNode(),
    Python: () => checkPython(root),
    Terraform: checkTerraform,
    'disk space': () => checkDisk(root),
    'home folder': () => checkHome(root),
    Java: () => checkJava(root),
    'Spark of Glue jobs': () => checkGlueSpark(root),
    MariaDB: checkMariaDb,
    Chromium: checkChromium,
  };
  const results = Object.entries(machine).map(([check, action]): CheckResult => {
    try {
      return { check, ...action() };
    } catch (error) {
      return failed(check, error);
    }
  });
  try {
    return [...results, ...(await checkPlane(root))];
  } catch (error) {
    return [...results, failed('services', error)];
  }
}

function failed(check: string, error: unknown): CheckResult {
  const hint = error instanceof LakewrightError ? error.hint : undefined;
  return { check, state: 'missing', found: error instanceof Error ? error.message : String(error), hint };
}
