import { activeListings } from '@lakewright/apps/listings/dashboards/active_listings';
import { catalogName, type Environment, workspaceFolder } from '@lakewright/config';
import {
  addAwsProvider,
  addDatabricksProvider,
  FreshnessAlert,
  LakeCatalog,
  LakeflowJob,
  LakeflowPipeline,
  LakeviewDashboard,
  LakewrightStack,
  ProtectedFolder,
  S3Access,
  sqlFilesIn,
} from '@lakewright/constructs';
import type AwsListingsStack from '@lakewright/stacks-aws/src/systems/listings';
import type { Construct } from 'constructs';
import type { DatabricksFoundationStack } from '../foundation';

/** Where `raw_listings_s3_event_lambda` leaves its messages in the staging bucket. */
const EVENTS = 'events/';

/** A property portal: messages in, tables of listings out, and a dashboard of those that are active now. */
export default class DatabricksListingsStack extends LakewrightStack {
  private readonly catalogName: string;
  private readonly folder: ProtectedFolder;

  constructor(
    scope: Construct,
    environment: Environment,
    private readonly foundation: DatabricksFoundationStack,
    private readonly aws: AwsListingsStack,
  ) {
    super(scope, 'databricks-listings', environment);
    addAwsProvider(this, 'listings');
    addDatabricksProvider(this);
    this.catalogName = catalogName(environment, 'listings');
    this.folder = this.protectedFolder();
    const staging = this.addStaging();
    const catalog = this.addCatalog();
    const pipeline = this.addPipeline(catalog, staging);
    const job = this.addJob(pipeline);
    const dashboard = this.addDashboard();
    this.addFreshnessAlert();
    this.addOutputs({
      catalog: catalog.catalog.name,
      pipeline_id: pipeline.pipeline.id,
      job_id: job.job.id,
      dashboard_id: dashboard.dashboard.id,
    });
  }

  /** What lies there runs as the service principal: engineers look, and a deployment changes it. */
  private protectedFolder(): ProtectedFolder {
    const path = workspaceFolder(this.environment, 'listings');
    return new ProtectedFolder(this, 'folder', { path, readers: [this.environment.principals.data_engineers] });
  }

  private addStaging(): S3Access {
    const { data_engineers, pipeline_sp } = this.environment.principals;
    return new S3Access(this, 'staging', {
      accessName: `${this.catalogName}_staging`,
      bucket: this.aws.staging,
      access: 'read',
      prefix: EVENTS,
      grants: [
        { principal: pipeline_sp, privileges: ['READ_FILES'] },
        { principal: data_engineers, privileges: ['READ_FILES'] },
      ],
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
      comment: 'Listings of the property portal',
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

  private addPipeline(catalog: LakeCatalog, staging: S3Access): LakeflowPipeline {
    const { data_engineers, pipeline_sp } = this.environment.principals;
    return new LakeflowPipeline(this, 'pipeline', {
      pipelineName: 'listings',
      sources: sqlFilesIn('apps/listings/pipelines'),
      catalog,
      reads: [staging],
      configuration: { staging_path: `${staging.url}/` },
      folder: this.folder.addFolder('pipelines'),
      runAs: pipeline_sp,
      notify: this.environment.alarmEmails,
      permissions: [
        { principal: data_engineers, level: 'CAN_RUN' },
        // The job starts it under this name.
        { principal: pipeline_sp, level: 'CAN_RUN' },
      ],
    });
  }

  private addJob(pipeline: LakeflowPipeline): LakeflowJob {
    const { data_engineers, pipeline_sp } = this.environment.principals;
    return new LakeflowJob(this, 'job', {
      jobName: 'listings_job',
      description: 'Takes new messages through to the tables of listings',
      pipelines: { update_listings: pipeline },
      runAs: pipeline_sp,
      notify: this.environment.alarmEmails,
      permissions: [{ principal: data_engineers, level: 'CAN_MANAGE_RUN' }],
    });
  }

  private addDashboard(): LakeviewDashboard {
    const { data_engineers, analysts } = this.environment.principals;
    return new LakeviewDashboard(this, 'dashboard', {
      displayName: 'Active listings',
      folder: this.folder.addFolder('dashboards'),
      warehouse: this.foundation.warehouse,
      definition: activeListings(this.catalogName),
      permissions: [
        { principal: data_engineers, level: 'CAN_EDIT' },
        { principal: analysts, level: 'CAN_READ' },
      ],
    });
  }

  private addFreshnessAlert(): FreshnessAlert {
    return new FreshnessAlert(this, 'freshness', {
      alertName: 'listings freshness',
      table: `${this.catalogName}.gold.listings_freshness`,
      warehouse: this.foundation.warehouse,
      folder: this.folder.addFolder('alerts'),
      runAs: this.environment.principals.pipeline_sp,
      destination: this.foundation.alarms,
      runbook: 'freshness',
    });
  }
}
