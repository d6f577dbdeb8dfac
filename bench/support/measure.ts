import { readdirSync, readFileSync } from 'node:fs';

/** What one run cost. */
export interface Cost {
  /** Seconds on the clock. */
  readonly seconds: number;
  /** Seconds of processors, user and system, of everything that worked for the run; undefined where /proc does not tell. */
  readonly cpu?: number;
  /** The most memory that was held at once, in bytes, of everything that worked for the run. */
  readonly memory?: number;
}

const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 250;

/**
 * Measures an action: the clock, and of this process, its children and `servers` (by pid, with their children) processor time
 * and memory. Children that have ended count with their processor time, not with their memory.
 */
export async function measured<T>(
  action: () => Promise<T>,
  servers: readonly number[] = [],
): Promise<{ readonly cost: Cost; readonly value: T }> {
  const roots = [process.pid, ...servers];
  const before = processorTime(roots);
  let memory = residentMemory(roots);
  const timer = setInterval(() => {
    memory = Math.max(memory, residentMemory(roots));
  }, SAMPLE_MS);
  const began = performance.now();
  try {
    const value = await action();
    const seconds = (performance.now() - began) / 1000;
    memory = Math.max(memory, residentMemory(roots));
    const hasProc = before !== undefined;
    return { value, cost: { seconds, ...(hasProc ? { cpu: (processorTime(roots) ?? 0) - before, memory } : {}) } };
  } finally {
    clearInterval(timer);
  }
}

/** The middle one of an odd number of values, the mean of the middle two of an even one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Medians of several runs; of memory the most. */
export function typical(costs: readonly Cost[]): Cost {
  const known = (values: readonly (number | undefined)[]) => values.filter((value) => value !== undefined);
  const cpu = known(costs.map((cost) => cost.cpu));
  const memory = known(costs.map((cost) => cost.memory));
  return {
    seconds: median(costs.map((cost) => cost.seconds)),
    ...(cpu.length > 0 ? { cpu: median(cpu) } : {}),
    ...(memory.length > 0 ? { memory: Math.max(...memory) } : {}),
  };
}

/** Runs rivals in turn, `rounds` times each, so that a busy moment of the machine meets all of them. */
export async function alternating<K extends string>(
  rounds: number,
  rivals: Readonly<Record<K, (round: number) => Promise<Cost>>>,
): Promise<Readonly<Record<K, readonly Cost[]>>> {
  const names = Object.keys(rivals) as K[];
  const costs = Object.fromEntries(names.map((name) => [name, [] as Cost[]])) as Record<K, Cost[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) costs[name].push(await rivals[name](round));
  }
  return costs;
}

/** Processor time of processes and their descendants, those that ended included, in seconds; undefined without /proc. */
export function processorTime(roots: readonly number[]): number | undefined {
  const times = family(roots).map((pid) => {
    const fields = statOf(pid);
    return fields ? fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) : 0;
  });
  if (statOf(process.pid) === undefined) return undefined;
  return times.reduce((sum, time) => sum + time, 0) / TICKS_PER_SECOND;
}

function residentMemory(roots: readonly number[]): number {
  return family(roots).reduce((sum, pid) => sum + residentOf(pid), 0);
}

function residentOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Processes with their living descendants, each once. */
function family(roots: readonly number[]): readonly number[] {
  const all = new Set<number>();
  const visit = (pid: number) => {
    if (all.has(pid)) return;
    all.add(pid);
    for (const child of childrenOf(pid)) visit(child);
  };
  for (const root of roots) visit(root);
  return [...all];
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** The fields of /proc/<pid>/stat after the command's name: state is 0; utime, stime, cutime, cstime are 11 to 14. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
