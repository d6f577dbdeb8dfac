import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import {
  AlarmTopic,
  GlueDatabase,
  GlueEncryption,
  GlueJob,
  type GlueJobProps,
  JobScripts,
  type LakewrightStack,
  SecureBucket,
  ServiceRole,
  StackKey,
} from '../../src';

const folder = join(mkdtempSync(join(mkdirOf('node_modules/.cache'), 'lake-parts-')), 'glue');
mkdirSync(folder);
writeFileSync(join(folder, 'load.py'), 'print("load")\n');
writeFileSync(join(folder, 'table.py'), 'print("table")\n');
writeFileSync(join(folder, 'tables.json'), '{}\n');
afterAll(() => rmSync(join(folder, '..'), { recursive: true }));

function mkdirOf(path: string): string {
  const full = join(projectRoot(), path);
  mkdirSync(full, { recursive: true });
  return full;
}

/** Folder of two Python files and one that is none, relative to the project. */
export const SCRIPTS = folder.slice(projectRoot().length + 1);

/** What a job, a database or a workgroup needs around it. */
export class LakeParts {
  readonly key: StackKey;
  readonly bucket: SecureBucket;
  readonly alarms: AlarmTopic;

  constructor(readonly scope: LakewrightStack) {
    this.key = new StackKey(scope, 'key', { description: 'Homes', alias: 'homes' });
    this.bucket = new SecureBucket(scope, 'lake', { bucketName: 'homes-lake', key: this.key });
    this.alarms = new AlarmTopic(scope, 'alarms', { topicName: 'alarms', key: this.key });
  }

  database(): GlueDatabase {
    return new GlueDatabase(this.scope, 'silver', { databaseName: 'homes', description: 'Homes', bucket: this.bucket });
  }

  scripts(): JobScripts {
    return new JobScripts(this.scope, 'scripts', { folder: SCRIPTS, bucket: this.bucket, prefix: 'scripts/' });
  }

  job(props: Partial<GlueJobProps> = {}): GlueJob {
    return new GlueJob(this.scope, 'job', {
      jobName: 'homes_load',
      description: 'Loads homes',
      scripts: this.scripts(),
      script: 'load.py',
      encryption: new GlueEncryption(this.scope, 'encryption', { configurationName: 'homes', key: this.key }),
      key: this.key,
      alarms: this.alarms,
      ...props,
    });
  }

  role(): ServiceRole {
    const trust = [{ sid: 'Trust', principals: { services: ['lambda.amazonaws.com'] }, actions: ['sts:AssumeRole'] }];
    return new ServiceRole(this.scope, 'grantee', { roleName: 'grantee', description: 'grantee', trust });
  }
}
