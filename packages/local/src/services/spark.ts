import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment, EXIT, LakewrightError } from '@lakewright/config';

/** The installations that `tooling/spark.mjs` knows. */
export type SparkName = 'spark' | 'glue';

/**
 * The home of an installed Apache Spark; it is installed when it is not there.
 *
 * @param hint what it is needed for
 * @throws LakewrightError LOCAL_NO_SPARK, with exit 3 where Java is missing
 */
export async function requireSpark(root: string, name: SparkName, hint: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'tooling/spark.mjs'), name], {
      env: childEnvironment(),
    });
    return stdout.trim();
  } catch (cause) {
    const { code, stderr } = cause as { code?: number; stderr?: string };
    const said = stderr?.trim().split('\n').at(-1) ?? String(cause);
    throw new LakewrightError('LOCAL_NO_SPARK', said, {
      hint,
      exitCode: code === EXIT.missing ? EXIT.missing : EXIT.failed,
      cause,
    });
  }
}
