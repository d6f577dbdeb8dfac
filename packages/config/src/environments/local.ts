import type { EnvironmentSettings } from '../environment';
import type { LocalPorts } from '../ports';
import { UNITY_CATALOG_ROLE_ARN } from './cloud';

/** The laptop: the same stacks, the stand-in providers, and this clone's own ports. */
export function local(ports: LocalPorts): EnvironmentSettings {
  const region = 'eu-west-1';
  return {
    name: 'local',
    aws: {
      accountId: '000000000000',
      region,
      partition: 'aws',
      zones: [`${region}a`, `${region}b`],
      endpoint: `http://127.0.0.1:${ports.aws}`,
    },
    databricks: {
      host: `http://127.0.0.1:${ports.web}`,
      accountId: '00000000-0000-4000-8000-000000000000',
      unityCatalogRoleArn: UNITY_CATALOG_ROLE_ARN,
    },
    sizes: {
      warehouse: '2X-Small',
      lambdaMemoryMb: 256,
      database: { instanceClass: 'db.t4g.medium', storageGb: 20, maxStorageGb: 100, multiAz: false },
      replication: { instanceClass: 'dms.t3.micro', storageGb: 20, multiAz: false, maxBatchSeconds: 1 },
      glue: { workerType: 'G.1X', workers: 2 },
    },
    dmsAccountRoles: 'create',
    network: { cidr: '10.10.0.0/16' },
    databasePorts: { mysql: ports.mysql, postgresql: ports.postgresql },
    retention: { logDays: 1, noncurrentVersionDays: 7, databaseBackupDays: 1 },
    allowDataLoss: true,
    schedules: { enabled: false, pipelines: '0 0 * * * ?', stateMachines: { enabled: false, expression: 'rate(1 hour)' } },
    slo: { freshnessMinutes: 1440 },
    budgetUsd: 1,
    alarmEmails: [],
    principals: {
      data_engineers: { kind: 'group', name: 'data_engineers' },
      analysts: { kind: 'group', name: 'analysts' },
      pipeline_sp: { kind: 'service_principal', name: 'pipeline_sp', applicationId: '00000000-0000-4000-8000-00000000005a' },
    },
    providers: 'standin',
    backend: { type: 'local' },
  };
}
