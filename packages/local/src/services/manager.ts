import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LakewrightError, requireStorage } from '@lakewright/config';
import { groupMembers, identify, isAlive, type ProcessIdentity } from '@lakewright/process';
import type { LocalContext } from '../context';
import { withLocalLock } from '../locks';
import { endGroup } from './process';
import type { EnsureResult, ServiceDefinition, ServiceStatus } from './service';
import { accepts, listeners, portHolder } from './sockets';

/** Told as each service changes: `ministack`, `starting`. */
export type ServiceStep = (service: string, step: 'starting' | 'restarting' | 'running' | 'stopping') => void;

interface ServiceRecord extends ProcessIdentity {
  readonly port: number;
  /** ISO time. */
  readonly startedAt: string;
}

/** Given to the kernel to take a port away from a process that was killed. */
const RELEASE_MS = 3_000;
const LOG_TAIL_LINES = 15;

/**
 * Keeps the long-lived processes of one clone. They outlive the command that started them; what is known of them is in
 * `<home>/services/<name>/process.json`.
 */
export class ServiceManager {
  constructor(
    private readonly context: Pick<LocalContext, 'paths'>,
    private readonly definitions: readonly ServiceDefinition[],
  ) {}

  /**
   * Starts what is not running, and what is dead or does not answer again.
   *
   * @throws LakewrightError LOCAL_READ_ONLY, LOCAL_DISK_FULL, LOCAL_NO_PYTHON, LOCAL_BUSY, LOCAL_PORT_TAKEN, LOCAL_SERVICE_START, LOCAL_EXPOSED
   */
  async ensure(onStep: ServiceStep = () => {}): Promise<EnsureResult> {
    requireStorage(this.context.paths.home);
    return withLocalLock(this.context.paths, 'services', async () => {
      const results = await Promise.allSettled(
        this.inTurn(
          ({ after = [] }, other) => after.some((name) => name === other.name),
          (definition) => this.ensureOne(definition, onStep),
        ),
      );
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
      const done = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const uncleanStops = done.flatMap(({ unclean }) => unclean ?? []);
      return { services: done.map(({ service }) => service), uncleanStops, notices: uncleanStops.map(({ notice }) => notice) };
    });
  }

  /** Stops every service with its children; returns the names of those that were running. */
  async stop(onStep: ServiceStep = () => {}): Promise<string[]> {
    return withLocalLock(this.context.paths, 'services', async () => {
      const stopped = await Promise.all(
        this.inTurn(
          (definition, { after = [] }) => after.some((name) => name === definition.name),
          (definition) => this.stopOne(definition, onStep),
        ),
      );
      return stopped.flat();
    });
  }

  /** Does something with every service, at the same time but for those that must wait for others. A wait for one that failed goes on. */
  private inTurn<T>(
    waitsFor: (definition: ServiceDefinition, other: ServiceDefinition) => boolean,
    action: (definition: ServiceDefinition) => Promise<T>,
  ): Promise<T>[] {
    const begun = new Map<ServiceDefinition, Promise<T>>();
    const begin = (definition: ServiceDefinition): Promise<T> => {
      const before = this.definitions.filter((other) => waitsFor(definition, other)).map(begin);
      const known = begun.get(definition);
      if (known) return known;
      const promise = Promise.allSettled(before).then(() => action(definition));
      begun.set(definition, promise);
      return promise;
    };
    return this.definitions.map(begin);
  }

  private async stopOne(definition: ServiceDefinition, onStep: ServiceStep): Promise<string[]> {
    const record = this.record(definition);
    if (!record) return [];
    if (isAlive(record)) onStep(definition.name, 'stopping');
    const ended = await endGroup(record, definition.stopTimeoutMs, definition.stopSignal);
    rmSync(this.recordFile(definition), { force: true });
    return ended ? [definition.name] : [];
  }

  async status(): Promise<ServiceStatus[]> {
    return Promise.all(
      this.definitions.map(async (definition) => {
        const record = this.record(definition);
        if (!record) return this.describe(definition, 'stopped');
        if (!isAlive(record)) return this.describe(definition, 'dead');
        return this.describe(definition, (await definition.healthy()) ? 'running' : 'unhealthy', record);
      }),
    );
  }

  private async ensureOne(definition: ServiceDefinition, onStep: ServiceStep) {
    const record = this.record(definition);
    if (record && record.port === definition.port && (await this.becomesHealthy(definition, record, definition.patienceMs))) {
      return { service: { ...this.describe(definition, 'running', record), action: 'kept' as const }, unclean: undefined };
    }
    if (record) await endGroup(record, definition.stopTimeoutMs, definition.stopSignal);
    onStep(definition.name, record ? 'restarting' : 'starting');
    const unclean = definition.uncleanStop?.();
    const started = await this.start(definition);
    onStep(definition.name, 'running');
    const action = record ? ('restarted' as const) : ('started' as const);
    return { service: { ...this.describe(definition, 'running', started), action }, unclean };
  }

  private async start(definition: ServiceDefinition): Promise<ServiceRecord> {
    await this.requireFreePort(definition);
    mkdirSync(this.context.paths.logs, { recursive: true });
    const pid = await definition.start(this.logFile(definition));
    const identity = identify(pid);
    const record = identity && { ...identity, port: definition.port, startedAt: new Date().toISOString() };
    if (record) this.save(definition, record);
    if (!record || !(await this.becomesHealthy(definition, record, definition.startTimeoutMs))) {
      const why = record && isAlive(record) ? 'it does not answer' : 'it ended';
      await this.giveUp(definition, record);
      throw new LakewrightError(
        'LOCAL_SERVICE_START',
        `the service ${definition.name} did not start: ${why}\n${this.logTail(definition, LOG_TAIL_LINES)}`.trimEnd(),
        { hint: `the whole log: lakewright logs ${definition.name}` },
      );
    }
    await this.requireLoopback(definition, record);
    return record;
  }

  private async requireFreePort(definition: ServiceDefinition): Promise<void> {
    // The threads of a killed process hold its port for a moment after it has ended; nobody can be named then.
    const deadline = Date.now() + RELEASE_MS;
    let holder: string | undefined;
    do {
      if (!(await accepts(definition.port))) return;
      holder = portHolder(definition.port);
      if (!holder) await sleep(50);
    } while (!holder && Date.now() < deadline);
    throw new LakewrightError(
      'LOCAL_PORT_TAKEN',
      `port ${definition.port} of the service ${definition.name} is taken by ${holder ?? 'another process'}`,
      {
        hint: 'end that process, or let this clone choose other ports: lakewright down --purge, then lakewright up',
      },
    );
  }

  /** Nothing of the local plane may be reached from outside this machine. */
  private async requireLoopback(definition: ServiceDefinition, record: ServiceRecord): Promise<void> {
    const exposed = listeners(groupMembers(record)).filter((listener) => !listener.loopback);
    if (exposed.length === 0) return;
    await this.giveUp(definition, record);
    const ports = exposed.map((listener) => listener.port).join(', ');
    throw new LakewrightError(
      'LOCAL_EXPOSED',
      `the service ${definition.name} listened beyond 127.0.0.1 (port ${ports}) and was stopped`,
      {
        hint: 'this is a fault of Lakewright or of the pinned version of the service: report it',
      },
    );
  }

  private async giveUp(definition: ServiceDefinition, record: ServiceRecord | undefined): Promise<void> {
    if (record) await endGroup(record, definition.stopTimeoutMs, definition.stopSignal);
    rmSync(this.recordFile(definition), { force: true });
  }

  private async becomesHealthy(definition: ServiceDefinition, record: ServiceRecord, withinMs: number): Promise<boolean> {
    const deadline = Date.now() + withinMs;
    while (isAlive(record)) {
      if (await definition.healthy()) return true;
      if (Date.now() > deadline) return false;
      await sleep(100);
    }
    return false;
  }

  /** The last lines that a service wrote; empty when it never ran. */
  logTail(definition: Pick<ServiceDefinition, 'name'>, lines: number): string {
    const file = this.logFile(definition);
    if (!existsSync(file)) return '';
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  private describe(definition: ServiceDefinition, state: ServiceStatus['state'], record?: ServiceRecord): ServiceStatus {
    const { name, title, port, address } = definition;
    const process = record && { pid: record.pid, startedAt: record.startedAt };
    return { name, title, state, port, address, logFile: this.logFile(definition), ...process };
  }

  private record(definition: ServiceDefinition): ServiceRecord | undefined {
    const file = this.recordFile(definition);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ServiceRecord) : undefined;
  }

  private save(definition: ServiceDefinition, record: ServiceRecord): void {
    const file = this.recordFile(definition);
    mkdirSync(join(this.context.paths.services, definition.name), { recursive: true });
    writeFileSync(`${file}.draft`, `${JSON.stringify(record)}\n`);
    renameSync(`${file}.draft`, file);
  }

  private recordFile(definition: ServiceDefinition): string {
    return join(this.context.paths.services, definition.name, 'process.json');
  }

  private logFile(definition: Pick<ServiceDefinition, 'name'>): string {
    return join(this.context.paths.logs, `${definition.name}.log`);
  }
}
