import { LakewrightError } from '@lakewright/config';
import type { Connection } from 'mysql2';
import { type BinlogDump, dumpBinlog } from '../source/binlog-dump';
import { requireRowLog } from '../source/catalog';
import { ChangeReader } from '../source/change-reader';
import { run } from '../source/connection';
import { type BinlogEvent, HEADER } from '../source/event';
import { ChangeApplier } from './change-applier';
import { interrupted, type TaskContext } from './context';

/** Silence of a source after which its connection is taken for lost; it beats once a second. */
const SILENCE_MS = 30_000;
const HEARTBEAT_NS = 1_000_000_000;

/**
 * Reads the binary log from the checkpoint of the task on, until the task is stopped or interrupted, has reached its stop position, or fails.
 *
 * @returns why it ended without a failure
 * @throws the error of the source, the target, or of what was read
 */
export async function captureChanges(context: TaskContext): Promise<'stopped' | 'reached'> {
  const connection = await context.connect();
  const applier = new ChangeApplier(context);
  try {
    await requireRowLog(connection);
    await prepareStream(connection);
    return await new Capture(context, connection, applier).run();
  } finally {
    connection.destroy();
    applier.close();
  }
}

/** MariaDB's own events are sent, checksums too, and silence is broken once a second. */
async function prepareStream(connection: Connection): Promise<void> {
  await run(
    connection,
    `SET @master_binlog_checksum = @@global.binlog_checksum, @mariadb_slave_capability = 4, @master_heartbeat_period = ${HEARTBEAT_NS}`,
  );
}

class Capture {
  private readonly reader: ChangeReader;
  /** Events that arrived while nothing could be taken. */
  private readonly waiting: BinlogEvent[] = [];
  private dump!: BinlogDump;
  private heard: number;
  private ending = false;
  private settle!: { resolve(end: 'stopped' | 'reached'): void; reject(error: unknown): void };

  constructor(
    private readonly context: TaskContext,
    private readonly connection: Connection,
    private readonly applier: ChangeApplier,
  ) {
    this.reader = new ChangeReader(context.task.checkpoint!, applier);
    this.heard = context.clock();
  }

  async run(): Promise<'stopped' | 'reached'> {
    const ended = new Promise<'stopped' | 'reached'>((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    this.applier.onFree = () => this.drain();
    this.applier.onError = (error) => this.settle.reject(error);
    this.dump = dumpBinlog(this.connection, this.context.task.checkpoint!, serverId(this.context.task.arn), {
      event: (event) => this.take(event),
      ended: (error) => this.settle.reject(error),
    });
    const timer = setInterval(() => this.tick(), 100);
    try {
      return await ended;
    } finally {
      clearInterval(timer);
    }
  }

  private take(event: BinlogEvent): void {
    this.heard = this.context.clock();
    if (this.ending) return;
    if (this.applier.blocked || this.waiting.length > 0) {
      this.waiting.push(copied(event));
      this.dump.pause();
      return;
    }
    this.read(event);
  }

  private read(event: BinlogEvent): void {
    try {
      this.reader.read(event);
    } catch (cause) {
      this.settle.reject(cause instanceof LakewrightError ? cause : this.reader.undecodable(cause));
    }
  }

  private drain(): void {
    while (this.waiting.length > 0 && !this.applier.blocked) this.read(this.waiting.shift()!);
    if (this.waiting.length === 0) this.dump.resume();
  }

  /** What depends on time: files that are due, a stop that was asked for, a source that has gone silent. */
  private tick(): void {
    if (this.ending || this.applier.writing) return;
    this.drain();
    const { reachedStop } = this.applier;
    if (reachedStop || (interrupted(this.context) && this.reader.atBoundary)) {
      this.ending = true;
      this.dump.pause();
      this.applier.flush().then(() => this.settle.resolve(reachedStop ? 'reached' : 'stopped'), this.settle.reject);
      return;
    }
    if (this.reader.atBoundary) this.applier.flushWhenDue();
    const silent = this.waiting.length === 0 && this.context.clock() - this.heard > SILENCE_MS;
    if (silent) this.settle.reject(new Error(`the source has sent nothing for ${SILENCE_MS / 1000} s`));
  }
}

/** The buffer of an event is used again as soon as it has been taken. */
function copied({ source, start, end, ...event }: BinlogEvent): BinlogEvent {
  return { ...event, source: Buffer.from(source.subarray(start - HEADER, end)), start: HEADER, end: end - start + HEADER };
}

/** The number under which the task is known to the server: the same after a restart, so that the server ends the stream before. */
function serverId(arn: string): number {
  let hash = 0;
  for (const character of arn) hash = (hash * 31 + character.codePointAt(0)!) % 1_000_000_000;
  return 1_000_000_000 + hash;
}
