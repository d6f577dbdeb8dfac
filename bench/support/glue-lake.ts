import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { CreateJobCommand } from '@aws-sdk/client-glue';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { childEnvironment, taskEnvironment } from '@lakewright/config';
import type { GlueOptions } from '@lakewright/glue';
import { SESSION_SETTINGS } from '@lakewright/glue/settings';
import { duckdb } from '../../packages/dms/test/support/duckdb';
import { definitionOf, GlueProcess } from '../../packages/glue/test/support/glue-process';
import { type Cost, measured } from './measure';

export type JobName = 'nothing' | 'full_load' | 'cdc';

/** What runs a job over the table of a size: a warm session, or a Spark for each. */
export interface Target {
  run(job: JobName, rows: number): Promise<Cost>;
}

export interface GlueLake {
  /** A table of so many rows as DMS writes it, and changes of a tenth. */
  writeBronze(rows: number): Promise<void>;
  startSession(): Promise<Target & { stop(): Promise<void> }>;
  ownSparks(): Target;
}

export interface LakeOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Home of the Spark of Glue. */
  readonly spark: string;
  readonly root: string;
}

const NOTHING = `import sys
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
glue = GlueContext(SparkContext.getOrCreate())
job = Job(glue)
job.init(getResolvedOptions(sys.argv, ["JOB_NAME"])["JOB_NAME"])
job.commit()
`;
const MEMORY = '2g';

/** A bucket of the local AWS API with the job files of apps/certifications. */
export async function openGlueLake(folder: string, options: LakeOptions): Promise<GlueLake> {
  const { endpoint, region, credentials, spark, root } = options;
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'scripts' }));
  const jobs = join(folder, 'jobs');
  const source = join(root, 'apps/certifications/glue');
  mkdirSync(jobs);
  writeFileSync(join(jobs, 'nothing.py'), NOTHING);
  for (const name of readdirSync(source).filter((file) => file.endsWith('.py')))
    writeFileSync(join(jobs, name), readFileSync(join(source, name)));
  const put = (Key: string, file: string) => s3.send(new PutObjectCommand({ Bucket: 'scripts', Key, Body: readFileSync(file) }));
  for (const name of readdirSync(jobs)) await put(name, join(jobs, name));
  const installation = { python: resolve(spark, '../../../../bin/python'), modules: join(root, 'packages/glue/python') };
  let sessions = 0;
  return {
    async writeBronze(rows) {
      for (const [name, query] of Object.entries(bronze(rows))) {
        const file = join(folder, 'bronze.parquet');
        duckdb(`COPY (${query}) TO '${file}' (FORMAT parquet)`);
        await put(`bronze/${rows}/${name}.parquet`, file);
      }
    },
    startSession: () => {
      sessions += 1;
      return startSession(join(folder, `session${sessions}`), { installation, s3: { endpoint, region, ...credentials } });
    },
    ownSparks: () => ({
      run: (job, rows) => ownSpark(folder, job, argumentsOf(job, rows, 'own'), { ...options, ...installation, jobs }),
    }),
  };
}

/** Rows as DMS writes them: of the full load, and one change of every tenth. */
function bronze(rows: number): Readonly<Record<string, string>> {
  const columns = (name: string) =>
    `i AS id, '${name} ' || i AS name, 'DE' AS country, (i % 1000) / 4 AS score, i % 2 = 0 AS active, DATE '2000-01-01' + (i % 9000)::INT AS born_on`;
  const at = (second: string) => `TIMESTAMPTZ '2026-05-01 ${second}+00' AS committed_at`;
  return {
    LOAD00000001: `SELECT 'I' AS "Op", ${columns('user')}, ${at('08:00:00')}, NULL::VARCHAR AS change_seq FROM range(${rows}) AS t(i)`,
    '20260501-090001000':
      `SELECT 'U' AS "Op", ${columns('changed')}, ${at('09:00:00')}, '20260501090000' || lpad(i::VARCHAR, 21, '0') AS change_seq ` +
      `FROM range(0, ${rows}, 10) AS t(i)`,
  };
}

function argumentsOf(job: JobName, rows: number, side: string): Record<string, string> {
  if (job === 'nothing') return {};
  const [SOURCE, TARGET] = [`s3://scripts/bronze/${rows}/`, `s3://scripts/silver/${side}/${rows}/`];
  return { '--TABLE': `users_${rows}`, '--SOURCE': SOURCE, '--TARGET': TARGET, '--KEY': 'id' };
}

/** @throws Error for a job that did not do what it was measured for */
function check(job: JobName, rows: number, log: string): void {
  const expected = { nothing: '', full_load: `: ${rows} rows`, cdc: `: ${rows / 10} changes` }[job];
  if (!log.includes(expected)) throw new Error(`${job} of ${rows} rows:\n${log.slice(-3_000)}`);
}

async function startSession(folder: string, options: Pick<GlueOptions, 'installation' | 's3'>) {
  mkdirSync(folder);
  const service = await GlueProcess.start(folder, options);
  for (const job of ['nothing', 'full_load', 'cdc']) {
    const DefaultArguments = { '--extra-py-files': 's3://scripts/silver_table.py' };
    await service.client.send(new CreateJobCommand({ ...definitionOf(job), DefaultArguments }));
  }
  return {
    async run(job: JobName, rows: number): Promise<Cost> {
      const { cost, value } = await measured(() => service.run(job, argumentsOf(job, rows, 'warm')));
      if (value.JobRunState !== 'SUCCEEDED') throw new Error(`${job}: ${value.ErrorMessage}`);
      check(job, rows, service.log(value.Id!));
      return cost;
    },
    stop: () => service.close(),
  };
}

type OwnSpark = LakeOptions & GlueOptions['installation'] & { readonly jobs: string };

/** `spark-submit job.py`, as one does who has no Glue: the settings in Spark's own file. Its JVM is the process that is waited for. */
async function ownSpark(folder: string, job: JobName, given: Readonly<Record<string, string>>, options: OwnSpark): Promise<Cost> {
  const configuration = join(folder, 'conf');
  mkdirSync(configuration, { recursive: true });
  writeFileSync(join(configuration, 'spark-defaults.conf'), settings(options), { mode: 0o600 });
  const { JAVA_HOME } = childEnvironment();
  const env = taskEnvironment({
    PYTHONPATH: [options.modules, options.jobs].join(delimiter),
    PYSPARK_PYTHON: options.python,
    SPARK_CONF_DIR: configuration,
    SPARK_LOCAL_IP: '127.0.0.1',
    ...(JAVA_HOME ? { JAVA_HOME } : {}),
  });
  const args = [join(options.jobs, `${job}.py`), '--JOB_NAME', job, ...Object.entries(given).flat()];
  let log = '';
  const { cost, value } = await measured(
    () =>
      new Promise<number | null>((resolveCode, reject) => {
        const child = spawn(join(options.spark, 'bin/spark-submit'), args, {
          cwd: folder,
          env,
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        for (const stream of [child.stdout, child.stderr]) {
          stream.setEncoding('utf8').on('data', (text: string) => {
            log += text;
          });
        }
        child.once('error', reject).once('close', resolveCode);
      }),
  );
  if (value !== 0) throw new Error(`${job} ended with ${value}:\n${log.slice(-3_000)}`);
  check(job, Number(/(\d+)\/$/.exec(given['--SOURCE'] ?? '')?.[1] ?? 0), log);
  return cost;
}

function settings({ endpoint, region, credentials }: LakeOptions): string {
  const all = {
    ...SESSION_SETTINGS,
    'spark.driver.memory': MEMORY,
    'spark.hadoop.fs.s3a.endpoint': endpoint,
    'spark.hadoop.fs.s3a.endpoint.region': region,
    'spark.hadoop.fs.s3a.access.key': credentials.accessKeyId,
    'spark.hadoop.fs.s3a.secret.key': credentials.secretAccessKey,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name} ${value}\n`)
    .join('');
}
