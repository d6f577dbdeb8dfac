import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Pipeline } from '@cdktf/provider-databricks/lib/pipeline';
import { WorkspaceFile } from '@cdktf/provider-databricks/lib/workspace-file';
import { LakewrightError, type Principal, projectRoot } from '@lakewright/config';
import { buildGraph, parsePipeline, type SqlSource, withQuarantine } from '@lakewright/lakeflow/sql';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { addPermissions, type ObjectPermission, runAs } from './access';
import type { LakeCatalog, Layer } from './lake-catalog';
import type { LakeVolume } from './lake-volume';
import type { WorkspaceFolder } from './protected-folder';
import type { S3Access } from './s3-access';

export interface LakeflowPipelineProps {
  /** Unique in the workspace. */
  readonly pipelineName: string;
  /** SQL files, relative to the project: `apps/<system>/pipelines/bronze.sql`. Their order does not matter. */
  readonly sources: readonly string[];
  readonly catalog: LakeCatalog;
  /** Where names without a schema belong. @default bronze */
  readonly schema?: Layer;
  /** Put in for `${name}` in the files; values must be known at synth. @default none */
  readonly configuration?: Readonly<Record<string, string>>;
  /** Locations and volumes whose files it reads: they are named in the configuration only, where Terraform cannot see it. @default none */
  readonly reads?: readonly (S3Access | LakeVolume)[];
  /**
   * Name of the table that the event log is published as, in the schema `schema`: for queries and alerts.
   * @default who owns the pipeline reads it by `event_log()`
   */
  readonly eventLogTable?: string;
  /** Where the files lie: a `ProtectedFolder`, or a folder in one, that is this pipeline's alone. */
  readonly folder: WorkspaceFolder;
  /** Whom the pipeline runs as: it needs the grants, the people who start it do not. */
  readonly runAs: Principal;
  /** @default nobody is told of failures */
  readonly notify?: readonly string[];
  /** @default nobody but the owner */
  readonly permissions?: readonly ObjectPermission<'CAN_VIEW' | 'CAN_RUN' | 'CAN_MANAGE'>[];
}

/**
 * A serverless Lakeflow pipeline of SQL files. The files are parsed here, so that a mistake stops the synth and names file,
 * line and column; tables whose expectations drop rows get their quarantine in one generated file, deployed with the others:
 * cloud and laptop run the same.
 */
export class LakeflowPipeline extends Construct {
  readonly pipeline: Pipeline;
  readonly files: readonly WorkspaceFile[];
  private readonly props: LakeflowPipelineProps;

  /** @throws LakewrightError CONSTRUCT_PIPELINE_*, and the LAKEFLOW_* errors of the parser */
  constructor(scope: Construct, id: string, props: LakeflowPipelineProps) {
    super(scope, id);
    this.props = props;
    this.validateSources();
    this.validateNames();
    this.validateEventLog();
    this.validateRunAs();
    const written = props.sources.map(readSource);
    const deployed = this.checked(written);
    props.folder.grantRead(props.runAs);
    this.files = deployed.map((source) => this.addFile(source, written.includes(source)));
    this.pipeline = this.addPipeline();
    addPermissions(this, 'permissions', { pipelineId: this.pipeline.id }, props.permissions ?? []);
  }

  /** The sources and what is generated from them, parsed and put together once, as an update would. */
  private checked(written: readonly SqlSource[]): readonly SqlSource[] {
    const { configuration = {}, catalog } = this.props;
    const sources = withQuarantine(written);
    buildGraph(parsePipeline(sources, configuration), { catalog: catalog.catalogName, schema: this.schema });
    return sources;
  }

  /** `catalog.schema.table` of the published event log. */
  get eventLog(): string | undefined {
    const { catalog, eventLogTable } = this.props;
    return eventLogTable && `${catalog.catalogName}.${this.schema}.${eventLogTable}`;
  }

  get pipelineName(): string {
    return this.props.pipelineName;
  }

  private get schema(): Layer {
    return this.props.schema ?? 'bronze';
  }

  private addFile(source: SqlSource, written: boolean): WorkspaceFile {
    const name = basename(source.path);
    const path = written ? resolve(projectRoot(), source.path) : cachedFile(name, source.text);
    const id = name.replace(/\.sql$/, '').replaceAll('.', '_');
    const asset = new TerraformAsset(this, `${id}_source`, { path, type: AssetType.FILE });
    const { folder } = this.props;
    return new WorkspaceFile(this, id, { path: `${folder.path}/${name}`, source: asset.path, dependsOn: [...folder.ready] });
  }

  private addPipeline(): Pipeline {
    const { props } = this;
    return new Pipeline(this, 'pipeline', {
      name: props.pipelineName,
      catalog: props.catalog.catalog.name,
      schema: this.schema,
      serverless: true,
      continuous: false,
      development: false,
      channel: 'CURRENT',
      configuration: { ...props.configuration },
      ...(props.eventLogTable && {
        eventLog: { catalog: props.catalog.catalog.name, schema: this.schema, name: props.eventLogTable },
      }),
      library: this.files.map((file) => ({ file: { path: file.path } })),
      runAs: runAs(props.runAs),
      ...(props.notify?.length && {
        notification: [{ alerts: ['on-update-failure', 'on-flow-failure'], emailRecipients: [...props.notify] }],
      }),
      // The schemas are named in the files only: Terraform cannot see that the pipeline needs them.
      dependsOn: [...Object.values(props.catalog.schemas), ...(props.reads ?? []).flatMap(({ ready }) => ready)],
    });
  }

  private validateSources(): void {
    const { sources } = this.props;
    const wrong = sources.find((source) => !source.endsWith('.sql') || !existsSync(resolve(projectRoot(), source)));
    if (sources.length > 0 && wrong === undefined) return;
    throw new LakewrightError(
      'CONSTRUCT_PIPELINE_SOURCES',
      `sources: must be .sql files of the project, one or more (got ${wrong === undefined ? 'none' : `"${wrong}"`})`,
      { hint: 'apps/<system>/pipelines/<name>.sql' },
    );
  }

  private validateNames(): void {
    const names = this.props.sources.map((source) => basename(source));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice === undefined) return;
    throw new LakewrightError(
      'CONSTRUCT_PIPELINE_SOURCES',
      `sources: file names must differ, as they share a folder (got "${twice}" twice)`,
      { hint: 'rename one' },
    );
  }

  private validateEventLog(): void {
    const { eventLogTable } = this.props;
    if (eventLogTable === undefined || /^[a-z][a-z0-9_]*$/.test(eventLogTable)) return;
    throw new LakewrightError(
      'CONSTRUCT_PIPELINE_EVENT_LOG',
      `eventLogTable: must be lower-case letters, digits and "_" (got "${eventLogTable}")`,
      { hint: 'event_log_homes' },
    );
  }

  private validateRunAs(): void {
    const { runAs } = this.props;
    if (runAs.kind !== 'group') return;
    throw new LakewrightError(
      'CONSTRUCT_PIPELINE_RUN_AS',
      `runAs: must be a service principal or a user (got the group ${runAs.name})`,
      {
        hint: 'environment.principals.pipeline_sp',
      },
    );
  }
}

/**
 * The SQL files of a folder of the project, in order of their names: a new file belongs to the pipeline by lying there.
 *
 * @param folder relative to the project: `apps/<system>/pipelines`
 */
export function sqlFilesIn(folder: string): string[] {
  const files = readdirSync(resolve(projectRoot(), folder)).filter((name) => name.endsWith('.sql'));
  return files.sort().map((name) => `${folder}/${name}`);
}

function readSource(path: string): SqlSource {
  return { path, text: readFileSync(resolve(projectRoot(), path), 'utf8') };
}

/** A generated file where an asset can be taken from, by its content: two synths at a time do not meet. */
function cachedFile(name: string, text: string): string {
  const folder = createHash('sha256').update(text).digest('hex').slice(0, 32);
  const path = join(projectRoot(), 'node_modules/.cache/lakewright/pipelines', folder, name);
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
  return path;
}
