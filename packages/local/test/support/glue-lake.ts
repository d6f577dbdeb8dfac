import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateJobCommand, GetJobRunCommand, StartJobRunCommand } from '@aws-sdk/client-glue';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { projectRoot } from '@lakewright/config';
import { duckdb } from '../../../dms/test/support/duckdb';
import { ensureServices } from '../../src';
import { type AwsClients, awsClients } from '../../src/aws/clients';
import { writeInstanceFile } from '../../src/services/instance';
import { type TestHome, testHome } from './home';

/** A bucket and Glue jobs over it, without a database: what lies in it is what a test writes. */
export class TestLake {
  private constructor(
    readonly home: TestHome,
    readonly aws: AwsClients,
  ) {}

  /**
   * @param jobs folder of Python files: each is a job of its name, but the modules that jobs import
   * @param modules names of these
   */
  static async create(jobs: string, modules: readonly string[]): Promise<TestLake> {
    const home = await testHome();
    writeInstanceFile(home, 'glue', {});
    await ensureServices(home, { services: ['ministack', 'glue'] });
    const lake = new TestLake(home, awsClients(home));
    await lake.aws.s3.send(new CreateBucketCommand({ Bucket: 'lake' }));
    const folder = join(projectRoot(), jobs);
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.py'))) {
      const Key = `scripts/${file}`;
      await lake.aws.s3.send(new PutObjectCommand({ Bucket: 'lake', Key, Body: readFileSync(join(folder, file)) }));
      if (!modules.includes(file)) await lake.addJob(file, modules);
    }
    return lake;
  }

  async close(): Promise<void> {
    this.aws.close();
    await this.home.dispose();
  }

  /** Writes a file of bronze: the rows of a query of DuckDB, as DMS would name them. */
  async put(key: string, query: string): Promise<void> {
    const file = join(this.home.paths.home, 'draft.parquet');
    duckdb(`COPY (${query}) TO '${file}' (FORMAT parquet)`);
    await this.aws.s3.send(new PutObjectCommand({ Bucket: 'lake', Key: key, Body: readFileSync(file) }));
  }

  /** Runs a job to its end: what it printed. Throws what it failed of. */
  async run(job: string, given: Readonly<Record<string, string>>): Promise<string> {
    const Arguments = Object.fromEntries(Object.entries(given).map(([name, value]) => [`--${name}`, value]));
    const { JobRunId } = await this.aws.glue.send(new StartJobRunCommand({ JobName: job, Arguments }));
    for (;;) {
      const { JobRun } = await this.aws.glue.send(new GetJobRunCommand({ JobName: job, RunId: JobRunId }));
      if (JobRun?.JobRunState === 'SUCCEEDED') return readFileSync(join(this.home.paths.logs, 'glue', `${JobRunId}.log`), 'utf8');
      if (JobRun?.CompletedOn) throw new Error(`${JobRun.JobRunState}: ${JobRun.ErrorMessage}`);
      await sleep(100);
    }
  }

  private async addJob(file: string, modules: readonly string[]): Promise<void> {
    const name = file.replace('.py', '');
    await this.aws.glue.send(
      new CreateJobCommand({
        Name: name,
        Role: 'arn:aws:iam::000000000000:role/job',
        GlueVersion: '5.1',
        Command: { Name: 'glueetl', ScriptLocation: `s3://lake/scripts/${file}`, PythonVersion: '3' },
        DefaultArguments: { '--extra-py-files': modules.map((module) => `s3://lake/scripts/${module}`).join(',') },
      }),
    );
  }
}
