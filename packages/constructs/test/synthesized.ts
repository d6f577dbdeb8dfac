import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, LakewrightError, validateEnvironment } from '@lakewright/config';
import { App, Testing } from 'cdktf';
import { addAwsProvider, addDatabricksProvider, LakewrightStack } from '../src';

const temporary = mkdtempSync(join(tmpdir(), 'lakewright-constructs-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** Attributes of a resource as the synthesized JSON has them. */
export type Resource = Record<string, unknown>;
/** A policy as JSON has it. */
export interface Policy {
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: string;
    readonly Action: readonly string[];
    readonly Resource?: string | readonly string[];
    readonly Principal?: Record<string, readonly string[]>;
    readonly Condition?: Record<string, Record<string, unknown>>;
  }[];
}

/** An environment of the tests' own: neither local nor one of the cloud's. */
export function testEnvironment(changes: Partial<Environment> = {}): Environment {
  return validateEnvironment({
    name: 'dev',
    aws: { accountId: '123456789012', region: 'eu-west-1', partition: 'aws', zones: ['eu-west-1a', 'eu-west-1b'] },
    databricks: {
      host: 'https://example.cloud.databricks.com',
      accountId: '00000000-0000-4000-8000-000000000001',
      unityCatalogRoleArn: 'arn:aws:iam::414351767826:role/uc-master',
    },
    systems: ['homes'],
    sizes: {
      warehouse: 'X-Small',
      lambdaMemoryMb: 512,
      database: { instanceClass: 'db.t4g.medium', storageGb: 30, maxStorageGb: 60, multiAz: true },
      replication: { instanceClass: 'dms.t3.small', storageGb: 40, multiAz: true, maxBatchSeconds: 45 },
      glue: { workerType: 'G.1X', workers: 2 },
    },
    network: { cidr: '10.99.0.0/16' },
    databasePorts: { mysql: 13306, postgresql: 15432 },
    dmsAccountRoles: 'create',
    retention: { logDays: 7, noncurrentVersionDays: 9, databaseBackupDays: 8 },
    allowDataLoss: false,
    schedules: { enabled: true, pipelines: '0 0/5 * * * ?', stateMachines: { enabled: false, expression: 'rate(1 hour)' } },
    slo: { freshnessMinutes: 60 },
    budgetUsd: 10,
    alarmEmails: ['ops@example.com'],
    principals: {
      data_engineers: { kind: 'group', name: 'data_engineers' },
      analysts: { kind: 'user', name: 'ann@example.com' },
      pipeline_sp: { kind: 'service_principal', name: 'pipeline_sp', applicationId: '00000000-0000-4000-8000-00000000000a' },
    },
    providers: 'standin',
    backend: { type: 'local' },
    ...changes,
  });
}

export class Synthesized {
  readonly json: { resource: Record<string, Record<string, Resource>> } & Record<string, unknown>;

  constructor(text: string) {
    this.json = JSON.parse(text);
  }

  /** All resources of a type. */
  all(type: string): Resource[] {
    return Object.values(this.json.resource?.[type] ?? {});
  }

  /** The only resource of a type, or the only one whose logical name begins so. */
  one(type: string, name = ''): Resource {
    const found = Object.entries(this.json.resource?.[type] ?? {}).filter(([id]) => id.startsWith(name));
    if (found.length !== 1) throw new Error(`${found.length} resources ${type} ${name}: ${found.map(([id]) => id)}`);
    return found[0]![1];
  }

  policy(type: string, name = '', attribute = 'policy'): Policy {
    return JSON.parse(this.one(type, name)[attribute] as string);
  }
}

/** Synthesizes one stack, its validations included. */
export function synthesized(build: (stack: LakewrightStack) => void, environment = testEnvironment()): Synthesized {
  const app = new App({ outdir: join(temporary, 'out'), stackTraces: false });
  const stack = new LakewrightStack(app, 'test', environment);
  addAwsProvider(stack, 'test');
  addDatabricksProvider(stack);
  build(stack);
  return new Synthesized(Testing.synth(stack, true));
}

/** The error that building a stack so throws. */
export function refused(build: (stack: LakewrightStack) => void): LakewrightError {
  try {
    synthesized(build);
  } catch (error) {
    if (error instanceof LakewrightError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
