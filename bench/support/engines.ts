import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { childEnvironment, projectRoot, pythonExecutable } from '@lakewright/config';
import { connectEngine, type SqlEngine, startSail } from '@lakewright/lakeflow/engine';

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
  const port = await freePort();
  const home = execFileSync(python, ['-c', 'import os, pyspark; print(os.path.dirname(pyspark.__file__))'], {
    encoding: 'utf8',
  }).trim();
  const log = openSync(join(folder, 'spark.log'), 'a');
  const settings = {
    'spark.connect.grpc.binding.address': '127.0.0.1',
    'spark.connect.grpc.binding.port': String(port),
    'spark.connect.grpc.maxInboundMessageSize': String(256 * 2 ** 20),
    'spark.sql.extensions': 'io.delta.sql.DeltaSparkSessionExtension',
    'spark.sql.catalog.spark_catalog': 'org.apache.spark.sql.delta.catalog.DeltaCatalog',
    // What somebody would set on one machine: as many partitions as cores, small snapshots.
    'spark.sql.shuffle.partitions': '8',
    'spark.databricks.delta.snapshotPartitions': '2',
    'spark.sql.warehouse.dir': join(folder, 'warehouse'),
    'spark.ui.enabled': 'false',
  };
  const child = spawn(
    join(home, 'bin/spark-submit'),
    [
      ...['--class', 'org.apache.spark.sql.connect.service.SparkConnectServer', '--master', 'local[*]'],
      ...['--driver-memory', '6g'],
      ...Object.entries(settings).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
      'spark-internal',
    ],
    {
      cwd: folder,
      stdio: ['ignore', log, log],
      env: childEnvironment({ SPARK_HOME: home, PYSPARK_PYTHON: python, SPARK_LOCAL_IP: '127.0.0.1' }),
    },
  );
  closeSync(log);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const engine = await connectEngine({ port, timeout: 180_000 }).catch((error: unknown) => {
    throw new Error(`Spark did not start:\n${readFileSync(join(folder, 'spark.log'), 'utf8').slice(-3000)}`, { cause: error });
  });
  return {
    engine,
    pid: child.pid!,
    stop: async () => {
      await engine.close();
      await ended(child);
      process.off('exit', kill);
    },
  };
}

/** Ends a process and waits for it. */
export function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

/** A port of loopback that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ host: '127.0.0.1', port: 0 }, () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
