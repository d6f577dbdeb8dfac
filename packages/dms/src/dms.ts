import { join } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import { takeLock } from '@lakewright/process';
import { serveApi } from './api/server';
import { ResourceStore } from './api/store';
import { type TaskHost, Tasks } from './api/tasks';
import type { S3Access } from './target/object-store';

/** What a DMS needs. */
export interface DmsOptions {
  /** Port of the API on 127.0.0.1. */
  readonly port: number;
  /** Where tasks and endpoints are kept; no secret is among them. */
  readonly folder: string;
  readonly s3: S3Access;
  readonly secrets: S3Access;
  /** Certificates that a source's own must be signed by. */
  readonly caFile: string;
  /** Milliseconds since 1970. @default the clock of this machine */
  readonly clock?: () => number;
  /** Told what goes wrong with a task. @default told nobody; the task says it too */
  readonly note?: (text: string) => void;
  /** Where files go. @default S3; a folder in tests */
  readonly storeOf?: TaskHost['storeOf'];
}

/**
 * Starts the local DMS: its API, and the tasks that ran when it was ended the last time.
 *
 * @throws LakewrightError DMS_RUNNING, DMS_PORT, DMS_STATE
 */
export async function startDms(options: DmsOptions): Promise<{ close(): Promise<void> }> {
  const lock = takeLock(
    join(options.folder, 'lock'),
    () => new LakewrightError('DMS_RUNNING', `a DMS works in ${options.folder} already`, { hint: 'lakewright down ends it' }),
  );
  try {
    const host: TaskHost = { ...options, clock: options.clock ?? Date.now, note: options.note ?? (() => undefined) };
    const resources = new ResourceStore(options.folder);
    const tasks = new Tasks(host, resources);
    const server = await serveApi(options.port, { host, resources, tasks, connections: new Map() });
    tasks.resume();
    return {
      close: async () => {
        await tasks.close();
        await server.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
