import { catalogName, type Environment, projectRoot, readManifest, workspaceFolder } from '@lakewright/config';
import {
  type AlertPlace,
  addAwsProvider,
  addDatabricksProvider,
  DroppedRowsAlert,
  FreshnessAlert,
  type Grant,
  LakeCatalog,
  LakeflowJob,
  type LakeflowJobProps,
  LakeflowPipeline,
  LakeVolume,
  LakeviewDashboard,
  type LakeviewDashboardProps,
  LakewrightStack,
  ProtectedFolder,
  S3Access,
  sqlFilesIn,
  type WorkspaceFolder,
} from '@lakewright/constructs';
import type { AwsSystemStack, BucketFolder } from '@lakewright/stacks-aws';
import type { Construct } from 'constructs';
import type { DatabricksFoundationStack } from './foundation';

export interface DatabricksSystemProps<Aws extends AwsSystemStack = AwsSystemStack> {
  /** The name of the system, its folder in `apps/` and its file in `systems/`. */
  readonly system: string;
  readonly environment: Environment;
  readonly foundation: DatabricksFoundationStack;
  /** The system's own AWS stack. */
  readonly aws: Aws;
}

/**
 * The stack `databricks-<system>`: its catalog in the bucket *lake* of its AWS stack, its workspace folder, an alert if its
 * manifest names a table of freshness, and what a file in `systems/` adds. Who may do what is the same in every system: the
 * service principal builds, engineers look everywhere and start runs, analysts read gold and its dashboards.
 */
export abstract class DatabricksSystemStack<Aws extends AwsSystemStack = AwsSystemStack> extends LakewrightStack {
  protected readonly system: string;
  protected readonly aws: Aws;
  protected readonly catalogName: string;
  protected readonly catalog: LakeCatalog;
  /** What lies there runs as the service principal: engineers look, and a deployment changes it. */
  protected readonly folder: ProtectedFolder;
  private readonly foundation: DatabricksFoundationStack;
  private alerts?: WorkspaceFolder;

  /** @param about what the catalog holds, as its comment says */
  constructor(scope: Construct, props: DatabricksSystemProps<Aws>, about: string) {
    const { system, environment } = props;
    super(scope, `databricks-${system}`, environment);
    this.system = system;
    this.aws = props.aws;
    this.foundation = props.foundation;
    this.catalogName = catalogName(environment, system);
    addAwsProvider(this, system);
    addDatabricksProvider(this);
    const path = workspaceFolder(environment, system);
    this.folder = new ProtectedFolder(this, 'folder', { path, readers: [environment.principals.data_engineers] });
    this.catalog = this.addCatalog(about);
    this.addFreshnessAlert();
  }

  /** Databricks' way to what the AWS stack leaves for it: read only. */
  protected addSource({ bucket, prefix }: BucketFolder): S3Access {
    const { data_engineers, pipeline_sp } = this.environment.principals;
    const part = bucket.node.id;
    return new S3Access(this, part, {
      accessName: `${this.catalogName}_${part}`,
      bucket,
      access: 'read',
      prefix,
      grants: [pipeline_sp, data_engineers].map((principal) => ({ principal, privileges: ['READ_FILES'] })),
      mayLoseData: true,
    });
  }

  /** The managed volume `bronze.<name>`: the service principal puts files there, its pipelines read them, engineers look. */
  protected addVolume(name: string, comment: string): LakeVolume {
    const { data_engineers, pipeline_sp } = this.environment.principals;
    return new LakeVolume(this, name, {
      volumeName: name,
      catalog: this.catalog,
      comment,
      grants: [
        { principal: pipeline_sp, privileges: ['READ_VOLUME', 'WRITE_VOLUME'] },
        { principal: data_engineers, privileges: ['READ_VOLUME'] },
      ],
      mayLoseData: true,
    });
  }

  /**
   * A pipeline of every SQL file in a folder: of `apps/<system>/pipelines`, named after the system; for a system that has several,
   * of `apps/<system>/pipelines/<name>`, named `<system>_<name>`.
   *
   * @param sources by the name that the files know the path by: `${staging_path}`
   * @param eventLogTable name of the table in bronze that its event log is published as
   */
  protected addPipeline(
    sources: Readonly<Record<string, S3Access | LakeVolume>>,
    name?: string,
    eventLogTable?: string,
  ): LakeflowPipeline {
    const { data_engineers, pipeline_sp } = this.environment.principals;
    const paths = Object.entries(sources).map(([key, source]) => [
      key,
      source instanceof LakeVolume ? source.path : `${source.url}/`,
    ]);
    return new LakeflowPipeline(this, name ? `${name}_pipeline` : 'pipeline', {
      pipelineName: name ? `${this.system}_${name}` : this.system,
      sources: sqlFilesIn(`apps/${this.system}/pipelines${name ? `/${name}` : ''}`),
      catalog: this.catalog,
      reads: Object.values(sources),
      configuration: Object.fromEntries(paths),
      folder: this.folder.addFolder(name ? `${name}_pipeline` : 'pipelines'),
      eventLogTable,
      runAs: pipeline_sp,
      notify: this.environment.alarmEmails,
      // The service principal too: the job starts it under this name.
      permissions: [data_engineers, pipeline_sp].map((principal) => ({ principal, level: 'CAN_RUN' })),
    });
  }

  /** The job `<system>_job`, on the environment's schedule. */
  protected addJob(description: string, props: Pick<LakeflowJobProps, 'tasks' | 'parameters'>): LakeflowJob {
    const { data_engineers, pipeline_sp } = this.environment.principals;
    const hasFiles = Object.values(props.tasks).some((task) => 'pythonFile' in task || 'sqlFile' in task);
    return new LakeflowJob(this, 'job', {
      ...props,
      jobName: `${this.system}_job`,
      description,
      ...(hasFiles && { folder: this.folder.addFolder('jobs') }),
      runAs: pipeline_sp,
      notify: this.environment.alarmEmails,
      permissions: [{ principal: data_engineers, level: 'CAN_MANAGE_RUN' }],
    });
  }

  protected addDashboard(displayName: string, definition: LakeviewDashboardProps['definition']): LakeviewDashboard {
    const { data_engineers, analysts } = this.environment.principals;
    return new LakeviewDashboard(this, 'dashboard', {
      displayName,
      folder: this.folder.addFolder('dashboards'),
      warehouse: this.foundation.warehouse,
      definition,
      permissions: [
        { principal: data_engineers, level: 'CAN_EDIT' },
        { principal: analysts, level: 'CAN_READ' },
      ],
    });
  }

  /** Rings when an update of a pipeline drops a larger share of the rows of any table. */
  protected addDroppedRowsAlert(pipeline: LakeflowPipeline, percent: number): DroppedRowsAlert {
    return new DroppedRowsAlert(this, 'dropped_rows', {
      ...this.alertPlace('dropped rows', 'dropped-rows'),
      pipeline,
      percent,
    });
  }

  private alertPlace(what: string, runbook: string): AlertPlace {
    return {
      alertName: `${this.system} ${what}`,
      warehouse: this.foundation.warehouse,
      folder: this.alertFolder(),
      runAs: this.environment.principals.pipeline_sp,
      destination: this.foundation.alarms,
      runbook,
    };
  }

  private alertFolder(): WorkspaceFolder {
    this.alerts ??= this.folder.addFolder('alerts');
    return this.alerts;
  }

  private addCatalog(comment: string): LakeCatalog {
    const { data_engineers, analysts, pipeline_sp } = this.environment.principals;
    const build: Grant = {
      principal: pipeline_sp,
      privileges: ['USE_SCHEMA', 'CREATE_TABLE', 'CREATE_MATERIALIZED_VIEW', 'SELECT', 'MODIFY'],
    };
    const look = (principal: typeof analysts): Grant => ({ principal, privileges: ['USE_SCHEMA', 'SELECT'] });
    const storage = new S3Access(this, 'lake', {
      accessName: `${this.catalogName}_lake`,
      bucket: this.aws.lake,
      access: 'read-write',
      mayLoseData: true,
    });
    return new LakeCatalog(this, 'catalog', {
      catalogName: this.catalogName,
      comment,
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

  private addFreshnessAlert(): void {
    const { freshness } = readManifest(projectRoot(), this.system);
    if (freshness === undefined) return;
    new FreshnessAlert(this, 'freshness', {
      ...this.alertPlace('freshness', 'freshness'),
      table: `${this.catalogName}.${freshness}`,
    });
  }
}
