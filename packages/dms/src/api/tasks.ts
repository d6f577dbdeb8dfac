import { join } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import { Fault } from '../errors';
import { readS3Settings, type S3Settings } from '../settings/s3-settings';
import { readSourceSettings } from '../settings/source-settings';
import { readTableMappings } from '../settings/table-mappings';
import { readTaskSettings } from '../settings/task-settings';
import { connectSource, type SourceAccess } from '../source/connection';
import { type ObjectStore, type S3Access, s3Store } from '../target/object-store';
import type { TaskContext } from '../task/context';
import type { TaskDocument } from '../task/document';
import { runTask } from '../task/runner';
import { parsePosition } from '../task/start-position';
import { readStop } from '../task/stop-position';
import { DocumentStore } from '../task/store';
import type { ResourceStore } from './store';

export interface TaskHost extends SourceAccess {
  readonly folder: string;
  readonly s3: S3Access;
  readonly clock: () => number;
  /** Says what went wrong with a task. */
  readonly note: (text: string) => void;
  /** The bucket of a target. @default S3 */
  readonly storeOf?: (settings: S3Settings) => ObjectStore;
}

interface Running {
  stop: boolean;
  ended: Promise<void>;
}

const BUSY: ReadonlySet<string> = new Set(['starting', 'running', 'stopping']);

export type StartType = 'start-replication' | 'resume-processing' | 'reload-target';

/** The tasks: their documents, and those that run. */
export class Tasks {
  private readonly files: DocumentStore<TaskDocument>;
  private readonly documents: Map<string, TaskDocument>;
  private readonly running = new Map<string, Running>();
  /** True while the process ends: a task that is stopped by it goes on at the next start. */
  private closing = false;

  constructor(
    private readonly host: TaskHost,
    private readonly resources: ResourceStore,
  ) {
    this.files = new DocumentStore(join(host.folder, 'ReplicationTask'));
    this.documents = new Map(this.files.all().map((task) => [task.arn, task]));
  }

  /** Goes on with the tasks that ran when the process before ended. */
  resume(): void {
    for (const task of this.documents.values()) {
      if (task.status === 'stopping') this.end(task, 'stopped', 'NORMAL');
      else if (BUSY.has(task.status)) this.launch(task);
    }
  }

  /** Lets all tasks write what they have read; they go on at the next start. */
  async close(): Promise<void> {
    this.closing = true;
    for (const one of this.running.values()) one.stop = true;
    await Promise.all([...this.running.values()].map(({ ended }) => ended));
  }

  all(): TaskDocument[] {
    return [...this.documents.values()];
  }

  /** @throws Fault ResourceNotFoundFault */
  get(arn: string): TaskDocument {
    const found = this.documents.get(arn);
    if (!found) throw new Fault('ResourceNotFoundFault', `Replication task ${arn} not found.`);
    return found;
  }

  /** @throws Fault ResourceAlreadyExistsFault, InvalidParameterValueException */
  create(task: TaskDocument): TaskDocument {
    if (this.all().some(({ arn, identifier }) => arn === task.arn || identifier === task.identifier))
      throw new Fault('ResourceAlreadyExistsFault', `Replication Task already exists: ${task.identifier}`);
    this.check(task);
    this.documents.set(task.arn, task);
    this.save(task);
    return task;
  }

  /** @throws Fault InvalidResourceStateFault while it runs */
  modify(arn: string, changes: Partial<TaskDocument>): TaskDocument {
    const task = this.idle(arn, 'modified');
    this.check({ ...task, ...changes });
    Object.assign(task, changes);
    this.save(task);
    return task;
  }

  /** @throws Fault InvalidResourceStateFault while it runs */
  delete(arn: string): TaskDocument {
    const task = this.idle(arn, 'deleted');
    this.documents.delete(arn);
    this.files.remove(arn);
    return { ...task, status: 'deleting' };
  }

  /**
   * Starts a task. `start-replication` is for the first time, and for a task without a full load; `resume-processing` goes on where it
   * was; `reload-target` begins with a full load again.
   *
   * Source: AWS DMS API Reference, "StartReplicationTask".
   *
   * @throws Fault InvalidResourceStateFault, InvalidParameterCombinationException, InvalidParameterValueException
   */
  start(arn: string, type: StartType, positions: { readonly start?: string; readonly stop?: string }): TaskDocument {
    const task = this.idle(arn, 'started');
    const begun = task.freshStart !== undefined;
    if (type === 'start-replication' && begun && task.migrationType !== 'cdc')
      throw refused(type, 'it has run before; take resume-processing or reload-target');
    if (type === 'resume-processing' && !begun) throw refused(type, 'it has not run yet; take start-replication');
    if (type === 'reload-target' && task.migrationType === 'cdc')
      throw refused(type, 'it has no full load; take start-replication');
    if (positions.start) parsePosition(positions.start);
    readStop(positions.stop);
    this.check(task);
    if (type !== 'resume-processing') {
      Object.assign(task, {
        load: 'none',
        checkpoint: undefined,
        plan: undefined,
        reload: undefined,
        tables: {},
        freshStart: this.host.clock(),
      });
      if (positions.start) task.cdcStartPosition = positions.start;
    }
    if (positions.stop) task.cdcStopPosition = positions.stop;
    Object.assign(task, {
      status: 'starting',
      started: this.host.clock(),
      stopReason: undefined,
      failure: undefined,
      stopped: undefined,
    });
    this.save(task);
    this.launch(task);
    return task;
  }

  /** Begins to stop a task. @throws Fault InvalidResourceStateFault */
  stop(arn: string): TaskDocument {
    const task = this.get(arn);
    const running = this.running.get(arn);
    if (!running || task.status === 'stopping')
      throw new Fault(
        'InvalidResourceStateFault',
        `Replication Task cannot be stopped, it is not currently running: it is ${task.status}.`,
      );
    running.stop = true;
    task.status = 'stopping';
    this.save(task);
    return task;
  }

  /** Has tables of a running task loaded again. @throws Fault InvalidResourceStateFault, ResourceNotFoundFault */
  reload(arn: string, tables: readonly { readonly schema: string; readonly table: string }[]): void {
    const task = this.get(arn);
    if (task.status !== 'running' || task.load !== 'done')
      throw new Fault(
        'InvalidResourceStateFault',
        `Tables of ${task.identifier} cannot be reloaded: the task does not capture changes.`,
      );
    for (const { schema, table } of tables)
      if (!task.tables[`${schema}.${table}`])
        throw new Fault('ResourceNotFoundFault', `${schema}.${table} is not a table of the task.`);
    task.reload = [...(task.reload ?? []), ...tables];
    this.save(task);
  }

  /** Everything about a task that can be wrong before it runs. */
  private check(task: TaskDocument): void {
    readTableMappings(task.tableMappings);
    readTaskSettings(task.settings);
    readSourceSettings(this.resources.get('Endpoint', task.sourceArn));
    readS3Settings(this.resources.get('Endpoint', task.targetArn)['S3Settings']);
    if (task.cdcStartPosition) parsePosition(task.cdcStartPosition);
    readStop(task.cdcStopPosition);
  }

  private idle(arn: string, what: string): TaskDocument {
    const task = this.get(arn);
    if (BUSY.has(task.status))
      throw new Fault(
        'InvalidResourceStateFault',
        `Replication task ${task.identifier} cannot be ${what}: it is ${task.status}; stop it first.`,
      );
    return task;
  }

  private launch(task: TaskDocument): void {
    const running: Running = { stop: false, ended: Promise.resolve() };
    this.running.set(task.arn, running);
    running.ended = this.run(task, running).finally(() => this.running.delete(task.arn));
  }

  private async run(task: TaskDocument, running: Running): Promise<void> {
    try {
      const context = this.contextOf(task, running);
      task.status = running.stop ? 'stopping' : 'running';
      this.save(task);
      const reason = await runTask(context, (error) => this.failed(task, error));
      const failed = reason === 'FATAL_ERROR' || reason === 'RECOVERABLE_ERROR';
      if (!failed && running.stop && this.closing && task.status !== 'stopping') this.save(task);
      else this.end(task, failed ? 'failed' : 'stopped', reason);
    } catch (error) {
      this.failed(task, error as Error);
      this.end(task, 'failed', 'FATAL_ERROR');
    }
  }

  private contextOf(task: TaskDocument, running: Running): TaskContext {
    const source = readSourceSettings(this.resources.get('Endpoint', task.sourceArn));
    const target = readS3Settings(this.resources.get('Endpoint', task.targetArn)['S3Settings']);
    return {
      task,
      target,
      mappings: readTableMappings(task.tableMappings),
      settings: readTaskSettings(task.settings),
      store: (this.host.storeOf ?? ((settings) => s3Store(this.host.s3, settings)))(target),
      connect: () => connectSource(source, this.host),
      save: () => this.save(task),
      clock: this.host.clock,
      stopping: () => running.stop,
    };
  }

  private failed(task: TaskDocument, error: Error): void {
    const hint = error instanceof LakewrightError && error.hint ? ` (${error.hint})` : '';
    const code = error instanceof LakewrightError ? `${error.code}: ` : '';
    task.failure = `${code}${error.message}${hint}`;
    this.host.note(`${task.identifier}: ${task.failure}`);
    this.save(task);
  }

  private end(task: TaskDocument, status: 'stopped' | 'failed', reason: string): void {
    Object.assign(task, { status, stopReason: `Stop Reason ${reason}`, stopped: this.host.clock() });
    if (status === 'stopped') task.failure = undefined;
    this.save(task);
  }

  private save(task: TaskDocument): void {
    if (this.documents.has(task.arn)) this.files.write(task.arn, task);
  }
}

function refused(type: StartType, reason: string): Fault {
  return new Fault('InvalidParameterCombinationException', `Start Type: ${type} is invalid for this task: ${reason}.`);
}
