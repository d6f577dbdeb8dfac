import { overview } from '@lakewright/apps/newsystem/dashboards/overview';
import { catalogName, type Environment, workspaceFolder } from '@lakewright/config';
import {
  addAwsProvider,
  addDatabricksProvider,
  LakeCatalog,
  LakeflowJob,
  LakeflowPipeline,
  LakeviewDashboard,
  LakewrightStack,
  ProtectedFolder,
  S3Access,
  sqlFilesIn,
} from '@lakewright/constructs';
import type AwsNewSystemStack from '@lakewright/stacks-aws/src/systems/newsystem';
import type { DatabricksFoundationStack } from '@lakewright/stacks-databricks';
import type { Construct } from 'constructs';

/** Where `newsystem_writer` leaves its records in their bucket. */
const RECORDS = 'records/';

/** newsystem: records in, tables out, and a dashboard. */
export default class DatabricksNewSystemStack extends LakewrightStack {
  private readonly catalogName: string;
  private readonly folder: ProtectedFolder;

  constructor(
    scope: Construct,
    environment: Environment,
    private readonly foundation: DatabricksFoundationStack,
    private readonly aws: AwsNewSystemStack,
  ) {
    super(scope, 'databricks-newsystem', environment);
    addAwsProvider(this, 'newsystem');
    addDatabricksProvider(this);
    this.catalogName = catalogName(environment, 'newsystem');
    this.folder = new ProtectedFolder(this, 'folder', {
      path: workspaceFolder(environment, 'newsystem'),
      readers: [environment.principals.data_engineers],
    });
    const pipeline = this.addPipeline(this.addCatalog(), this.addRecords());
    this.addJob(pipeline);
    this.addDashboard();
    this.addOutputs({ pipeline_id: pipeline.pipeline.id });
  }

  private addRecords(): S3Access {
    const { data_engineers, pipeline_sp } = this.environment.principals;
    return new S3Access(this, 'records', {
      accessName: `${this.catalogName}_records`,
      bucket: this.aws.records,
      access: 'read',
      prefix: RECORDS,
      grants: [pipeline_sp, data_engineers].map((principal) => ({ principal, privileges: ['READ_FILES'] })),
      mayLoseData: true,
    });
  }

  private addCatalog(): LakeCatalog {
    const { data_engineers, analysts, pipeline_sp } = this.environment.principals;
    const build = {
      principal: pipeline_sp,
      privileges: ['USE_SCHEMA', 'CREATE_TABLE', 'CREATE_MATERIALIZED_VIEW', 'SELECT', 'MODIFY'],
    } as const;
    const look = (principal: typeof analysts) => ({ principal, privileges: ['USE_SCHEMA', 'SELECT'] }) as const;
    const storage = new S3Access(this, 'lake', {
      accessName: `${this.catalogName}_lake`,
      bucket: this.aws.lake,
      access: 'read-write',
      mayLoseData: true,
    });
    return new LakeCatalog(this, 'catalog', {
      catalogName: this.catalogName,
      comment: 'Tables of newsystem',
      storage,
      grants: [data_engineers, analysts, pipeline_sp].map((principal) => ({ principal, privileges: ['USE_CATALOG'] })),
      schemaGrants: {
        bronze: [build, look(data_engineers)],
        silver: [build, look(data_engineers)],
        gold: [build, look(data_engineers), look(analysts)],
      },
      mayLoseData: true,
    });
  }

  private addPipeline(catalog: LakeCatalog, records: S3Access): LakeflowPipeline {
    const { data_engineers, pipeline_sp } = this.environment.principals;
    return new LakeflowPipeline(this, 'pipeline', {
      pipelineName: 'newsystem',
      sources: sqlFilesIn('apps/newsystem/pipelines'),
      catalog,
      reads: [records],
      configuration: { records_path: `${records.url}/` },
      folder: this.folder.addFolder('pipelines'),
      runAs: pipeline_sp,
      notify: this.environment.alarmEmails,
      permissions: [data_engineers, pipeline_sp].map((principal) => ({ principal, level: 'CAN_RUN' })),
    });
  }

  private addJob(pipeline: LakeflowPipeline): void {
    const { data_engineers, pipeline_sp } = this.environment.principals;
    new LakeflowJob(this, 'job', {
      jobName: 'newsystem_job',
      description: 'Takes new records through to the tables of newsystem',
      pipelines: { update_newsystem: pipeline },
      runAs: pipeline_sp,
      notify: this.environment.alarmEmails,
      permissions: [{ principal: data_engineers, level: 'CAN_MANAGE_RUN' }],
    });
  }

  private addDashboard(): void {
    const { data_engineers, analysts } = this.environment.principals;
    new LakeviewDashboard(this, 'dashboard', {
      displayName: 'New system',
      folder: this.folder.addFolder('dashboards'),
      warehouse: this.foundation.warehouse,
      definition: overview(this.catalogName),
      permissions: [
        { principal: data_engineers, level: 'CAN_EDIT' },
        { principal: analysts, level: 'CAN_READ' },
      ],
    });
  }
}
