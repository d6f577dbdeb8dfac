import type { EnvironmentSettings } from '../environment';

/** Databricks' own role for Unity Catalog in commercial regions (docs.databricks.com, "Create a storage credential"). */
export const UNITY_CATALOG_ROLE_ARN = 'arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL';

const REPOSITORY = 'lakewright/lakewright';
const DATABRICKS_ACCOUNT = '7c0f4c52-51f0-4f3b-8d0c-1d8f6f2b9a10';

/** What dev, staging and prod have in common; each states the rest. */
function cloud(
  name: 'dev' | 'staging' | 'prod',
  accountId: string,
): Pick<
  EnvironmentSettings,
  'name' | 'aws' | 'databricks' | 'databasePorts' | 'dmsAccountRoles' | 'providers' | 'backend' | 'alarmEmails'
> {
  const region = 'eu-west-1';
  return {
    name,
    aws: { accountId, region, partition: 'aws', zones: [`${region}a`, `${region}b`, `${region}c`] },
    databricks: {
      host: `https://lakewright-${name}.cloud.databricks.com`,
      accountId: DATABRICKS_ACCOUNT,
      unityCatalogRoleArn: UNITY_CATALOG_ROLE_ARN,
    },
    databasePorts: { mysql: 3306, postgresql: 5432 },
    dmsAccountRoles: 'create',
    alarmEmails: ['data-platform@example.com'],
    providers: 'registry',
    backend: { type: 's3', bucket: `lakewright-terraform-state-${accountId}`, region },
  };
}

function principals(applicationId: string): EnvironmentSettings['principals'] {
  return {
    data_engineers: { kind: 'group', name: 'data_engineers' },
    analysts: { kind: 'group', name: 'analysts' },
    pipeline_sp: { kind: 'service_principal', name: 'pipeline_sp', applicationId },
  };
}

export const dev: EnvironmentSettings = {
  ...cloud('dev', '111111111111'),
  delivery: { repository: REPOSITORY, branch: 'develop', githubEnvironment: 'development' },
  sizes: {
    warehouse: '2X-Small',
    lambdaMemoryMb: 256,
    database: { instanceClass: 'db.t4g.medium', storageGb: 20, maxStorageGb: 100, multiAz: false },
    replication: { instanceClass: 'dms.t3.micro', storageGb: 20, multiAz: false, maxBatchSeconds: 60 },
    glue: { workerType: 'G.1X', workers: 2 },
  },
  network: { cidr: '10.20.0.0/16' },
  retention: { logDays: 14, noncurrentVersionDays: 14, databaseBackupDays: 3 },
  allowDataLoss: true,
  schedules: { enabled: false, pipelines: '0 0 * * * ?', stateMachines: { enabled: false, expression: 'rate(1 hour)' } },
  slo: { freshnessMinutes: 1440 },
  budgetUsd: 100,
  principals: principals('0b7f3c1e-94a5-4c61-9d53-5f0c2f2b1d01'),
};

export const staging: EnvironmentSettings = {
  ...cloud('staging', '222222222222'),
  delivery: { repository: REPOSITORY, branch: 'main', githubEnvironment: 'staging' },
  sizes: {
    warehouse: '2X-Small',
    lambdaMemoryMb: 256,
    database: { instanceClass: 'db.t4g.medium', storageGb: 20, maxStorageGb: 200, multiAz: false },
    replication: { instanceClass: 'dms.t3.small', storageGb: 50, multiAz: false, maxBatchSeconds: 60 },
    glue: { workerType: 'G.1X', workers: 2 },
  },
  network: { cidr: '10.30.0.0/16' },
  retention: { logDays: 30, noncurrentVersionDays: 30, databaseBackupDays: 7 },
  allowDataLoss: false,
  schedules: { enabled: true, pipelines: '0 0/30 * * * ?', stateMachines: { enabled: false, expression: 'rate(1 hour)' } },
  slo: { freshnessMinutes: 90 },
  budgetUsd: 200,
  principals: principals('0b7f3c1e-94a5-4c61-9d53-5f0c2f2b1d02'),
};

export const prod: EnvironmentSettings = {
  ...cloud('prod', '333333333333'),
  delivery: { repository: REPOSITORY, branch: 'release', githubEnvironment: 'production' },
  sizes: {
    warehouse: 'Small',
    lambdaMemoryMb: 512,
    database: { instanceClass: 'db.m7g.large', storageGb: 100, maxStorageGb: 1000, multiAz: true },
    replication: { instanceClass: 'dms.r6i.large', storageGb: 100, multiAz: true, maxBatchSeconds: 60 },
    glue: { workerType: 'G.1X', workers: 5 },
  },
  network: { cidr: '10.40.0.0/16' },
  retention: { logDays: 365, noncurrentVersionDays: 90, databaseBackupDays: 35 },
  allowDataLoss: false,
  schedules: { enabled: true, pipelines: '0 0/15 * * * ?', stateMachines: { enabled: true, expression: 'rate(15 minutes)' } },
  slo: { freshnessMinutes: 45 },
  budgetUsd: 1000,
  principals: principals('0b7f3c1e-94a5-4c61-9d53-5f0c2f2b1d03'),
};
