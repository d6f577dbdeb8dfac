import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment, EXIT, LakewrightError } from '@lakewright/config';

/** The installations that `tooling/spark.mjs` knows. */
export type SparkName = 'spark' | 'glue';

/**
 * The home of the Spark that Glue jobs run on; it is installed when it is not there.
 *
 * @throws LakewrightError LOCAL_NO_SPARK, with exit 3 where Java is missing
 */
export function requireGlueSpark(root: string): Promise<string> {
  return requireSpark(root, 'glue', 'Glue jobs run on Apache Spark, and nothing stands in for it');
}

/**
 * The home of an installed Apache Spark; it is installed when it is not there.
 *
 * @param purpose what it is needed for, a clause
 * @throws LakewrightError LOCAL_NO_SPARK, with exit 3 where Java is missing: one line that says how to get it
 */
export async function requireSpark(root: string, name: SparkName, purpose: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'tooling/spark.mjs'), name], {
      env: childEnvironment(),
    });
    return stdout.trim();
  } catch (cause) {
    const { code, stderr } = cause as { code?: number; stderr?: string };
    const said = stderr?.trim().split('\n').at(-1) ?? String(cause);
    if (code === EXIT.missing) {
      const missing = said.replace(/^MISSING: /, '');
      throw new LakewrightError('LOCAL_NO_SPARK', `${purpose}: ${missing}`, { exitCode: EXIT.missing, cause });
    }
    throw new LakewrightError('LOCAL_NO_SPARK', said, { hint: purpose, cause });
  }
}
