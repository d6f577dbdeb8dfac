import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot, pythonExecutable } from '@lakewright/config';
import { connectEngine, type SqlEngine, startSail, startSpark } from '@lakewright/lakeflow/engine';

/** An engine with a server of its own. */
export interface Started {
  readonly engine: SqlEngine;
  /** The server: its processor time and memory are part of what is measured. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** The engine of this project. */
export async function sail(folder: string): Promise<Started> {
  const server = await startSail({ python: pythonExecutable(projectRoot()), logFile: join(folder, 'sail.log'), cwd: folder });
  const engine = await connectEngine({ port: server.port });
  return {
    engine,
    pid: server.pid,
    stop: async () => {
      await engine.close();
      await server.stop();
    },
  };
}

/** Whether `java` is on PATH. */
export function hasJava(): boolean {
  return spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0;
}

/**
 * Apache Spark 4.2 with Delta, as a Spark Connect server on every core of this machine.
 *
 * @param python of an environment with pyspark 4.2.0, whose folder `jars` also holds io.delta:delta-spark_4.2_2.13:4.4.0
 */
export async function spark(python: string, folder: string): Promise<Started> {
  const home = execFileSync(python, ['-c', 'import os, pyspark; print(os.path.dirname(pyspark.__file__))'], {
    encoding: 'utf8',
  }).trim();
  return startSpark({ home, folder, memory: '6g' });
}
