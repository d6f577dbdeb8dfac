import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment, freePorts } from '@lakewright/config';
import { endChild, killWithThisProcess } from '@lakewright/process';
import { EngineError } from './engine-error';
import { connectEngine, type SparkConnectEngine } from './spark-connect-engine';

export interface SparkOptions {
  /** Spark's home: the folder of an installed `pyspark` 4.2 whose `jars` hold Delta too (tooling/spark.mjs prints it). */
  readonly home: string;
  /** Where the server works and writes `spark.log`; exists. */
  readonly folder: string;
  /** @default '2g' */
  readonly memory?: string;
}

export interface SparkServer {
  readonly pid: number;
  readonly engine: SparkConnectEngine;
  /** Ends the session and the process; returns when it has ended. */
  stop(): Promise<void>;
}

const START_TIMEOUT = 180_000;
const LOG_CHARACTERS = 3_000;

/**
 * Starts Apache Spark with Delta as a Spark Connect server on every core of this machine, on a free port of 127.0.0.1, and connects.
 *
 * @throws EngineError ENGINE_START with the end of its log
 */
export async function startSpark({ home, folder, memory = '2g' }: SparkOptions): Promise<SparkServer> {
  const [port] = (await freePorts(1)) as [number];
  const logFile = join(folder, 'spark.log');
  const log = openSync(logFile, 'a');
  const conf = Object.entries(settings(port, folder)).flatMap(([name, value]) => ['--conf', `${name}=${value}`]);
  const child = spawn(
    join(home, 'bin/spark-submit'),
    [
      ...['--class', 'org.apache.spark.sql.connect.service.SparkConnectServer', '--master', 'local[*]'],
      ...['--driver-memory', memory, ...conf, 'spark-internal'],
    ],
    { cwd: folder, stdio: ['ignore', log, log], env: childEnvironment({ SPARK_HOME: home, SPARK_LOCAL_IP: '127.0.0.1' }) },
  );
  closeSync(log);
  killWithThisProcess(child);
  try {
    const engine = await connectEngine({ port, timeout: START_TIMEOUT, dialect: 'spark' });
    return {
      engine,
      pid: child.pid ?? 0,
      stop: async () => {
        await engine.close();
        await endChild(child);
      },
    };
  } catch (cause) {
    await endChild(child);
    const said = readFileSync(logFile, 'utf8').slice(-LOG_CHARACTERS);
    throw new EngineError('ENGINE_START', `Apache Spark did not start:\n${said}`, { hint: `the whole log is ${logFile}`, cause });
  }
}

function settings(port: number, folder: string): Readonly<Record<string, string>> {
  return {
    'spark.connect.grpc.binding.address': '127.0.0.1',
    'spark.connect.grpc.binding.port': String(port),
    'spark.connect.grpc.maxInboundMessageSize': String(256 * 2 ** 20),
    'spark.sql.extensions': 'io.delta.sql.DeltaSparkSessionExtension',
    'spark.sql.catalog.spark_catalog': 'org.apache.spark.sql.delta.catalog.DeltaCatalog',
    // What somebody would set on one machine: few partitions, small snapshots.
    'spark.sql.shuffle.partitions': '8',
    'spark.databricks.delta.snapshotPartitions': '2',
    'spark.sql.warehouse.dir': join(folder, 'warehouse'),
    'spark.ui.enabled': 'false',
  };
}
