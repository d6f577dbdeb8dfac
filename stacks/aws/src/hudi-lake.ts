import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LakewrightError, projectRoot } from '@lakewright/config';
import {
  type AlarmTopic,
  GlueDatabase,
  GlueEncryption,
  GlueJob,
  type GlueJobProps,
  type HudiTable,
  JobScripts,
  type SecureBucket,
  type StackKey,
} from '@lakewright/constructs';
import { Construct } from 'constructs';
import { z } from 'zod';

export interface HudiLakeProps {
  readonly system: string;
  /** Where DMS writes: `s3://<bucket>/<schema>/<table>/`. */
  readonly bronze: SecureBucket;
  readonly schema: string;
  readonly silver: SecureBucket;
  readonly gold: SecureBucket;
  readonly key: StackKey;
  readonly alarms: AlarmTopic;
}

/** `apps/<system>/glue/tables.json`: what a table's jobs must know of it. */
const tables = z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.strictObject({ key: z.array(z.string()).min(1) }));

/**
 * Silver and gold of a system as Hudi tables: a database a layer, and for each table of `apps/<system>/glue/tables.json` a job for the full
 * load and one for changes, all of one pair of files.
 */
export class HudiLake extends Construct {
  readonly silver: GlueDatabase;
  readonly gold: GlueDatabase;
  readonly tables: readonly HudiTable[];
  readonly jobs: GlueJob[] = [];
  private readonly scripts: JobScripts;
  private readonly encryption: GlueEncryption;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: HudiLakeProps,
  ) {
    super(scope, id);
    const { system, silver, gold, key } = props;
    this.scripts = new JobScripts(this, 'scripts', { folder: `apps/${system}/glue`, bucket: silver, prefix: 'scripts/' });
    this.encryption = new GlueEncryption(this, 'encryption', { configurationName: system, key });
    this.silver = new GlueDatabase(this, 'silver', {
      databaseName: `aws_${system}`,
      description: `Tables of ${system} as they are now`,
      bucket: silver,
    });
    this.gold = new GlueDatabase(this, 'gold', {
      databaseName: `aws_${system}_gold`,
      description: `What ${system} counts`,
      bucket: gold,
    });
    this.tables = Object.entries(this.readTables()).map(([table, { key: columns }]) => this.addTable(table, columns));
  }

  /** A job that reads silver and writes one table of gold; its file is called like the table. */
  addGoldJob(table: string, description: string): GlueJob {
    const { silver, gold } = this;
    const job = this.addJob(table, {
      description,
      script: `${table}.py`,
      arguments: { SILVER: silver.location, TARGET: `${gold.location}${table}/` },
    });
    silver.bucket.grantRead(job, silver.prefix);
    gold.grantFiles(job, table);
    return job;
  }

  /** A job that reads silver and prints a table as it was, or what changed; its file is `table_history.py`. */
  addHistoryJob(): GlueJob {
    const { silver } = this;
    const job = this.addJob('table_history', {
      description: 'Rows of a silver table at a commit, or written since one',
      script: 'table_history.py',
      arguments: { SILVER: silver.location, TABLE: this.tables[0]!.name, AT: 'latest', SINCE: 'beginning' },
    });
    silver.bucket.grantRead(job, silver.prefix);
    return job;
  }

  private addTable(table: string, key: readonly string[]): HudiTable {
    const { bronze, schema } = this.props;
    const source = `${schema}/${table}/`;
    const job = (kind: 'full_load' | 'cdc', description: string): string => {
      const added = this.addJob(`${table}_${kind}`, {
        description,
        script: `${kind}.py`,
        modules: ['silver_table.py'],
        arguments: {
          TABLE: table,
          SOURCE: `s3://${bronze.bucketName}/${source}`,
          TARGET: `${this.silver.location}${table}/`,
          KEY: key.join(','),
        },
      });
      bronze.grantRead(added, source);
      this.silver.grantFiles(added, table);
      return added.jobName;
    };
    return {
      name: table,
      fullLoadJob: job('full_load', `Silver table ${table} anew from the full load`),
      cdcJob: job('cdc', `Changes into the silver table ${table}`),
    };
  }

  private addJob(name: string, props: Pick<GlueJobProps, 'description' | 'script' | 'modules' | 'arguments'>): GlueJob {
    const { key, alarms } = this.props;
    const job = new GlueJob(this, name, {
      ...props,
      jobName: name,
      scripts: this.scripts,
      encryption: this.encryption,
      key,
      alarms,
    });
    this.jobs.push(job);
    return job;
  }

  private readTables(): z.infer<typeof tables> {
    const file = `apps/${this.props.system}/glue/tables.json`;
    const parsed = tables.safeParse(JSON.parse(readFileSync(join(projectRoot(), file), 'utf8')));
    if (parsed.success) return parsed.data;
    throw new LakewrightError('STACK_HUDI_TABLES', `${file}: ${parsed.error.issues.map(({ message }) => message).join('; ')}`, {
      hint: '{ "users": { "key": ["id"] } }',
      cause: parsed.error,
    });
  }
}
