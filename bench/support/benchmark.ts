import type { Cost } from './measure';

/** What `npm run bench` was asked for. */
export interface BenchOptions {
  /** A folder for this run, on the disk that is measured; removed afterwards. */
  readonly folder: string;
  /** How many times each rival runs. */
  readonly rounds: number;
  /** Events of the benchmarks of pipelines. */
  readonly events: number;
  /** The interpreter of an environment with pyspark 4.2.0; Spark is left out without it. */
  readonly spark?: string;
  /** Says what is going on. */
  readonly note: (text: string) => void;
}

/** One line of results. */
export interface Line {
  readonly what: string;
  readonly cost: Cost;
}

/** What a benchmark found. */
export interface Findings {
  /** What was compared, on what data, in how many runs. */
  readonly about: string;
  readonly lines: readonly Line[];
  /** Ratios and bounds, with the goal where there is one. */
  readonly verdicts: readonly Verdict[];
}

export interface Verdict {
  readonly what: string;
  readonly value: string;
  readonly goal?: string;
  readonly met?: boolean;
}

/** A benchmark: one file of this folder. */
export interface Benchmark {
  readonly name: string;
  readonly title: string;
  run(options: BenchOptions): Promise<Findings>;
}

/** `a` as a multiple of `b`, by the clock and, where it is known, by processor time. */
export function ratio(a: Cost, b: Cost): string {
  const cpu = a.cpu !== undefined && b.cpu ? `, ${(a.cpu / b.cpu).toFixed(2)} in CPU time` : '';
  return `${(a.seconds / b.seconds).toFixed(2)}${cpu}`;
}
