import type { Cost } from './measure';

/** What `npm run bench` was asked for. */
export interface BenchOptions {
  /** A folder for this run, on the disk that is measured; removed afterwards. */
  readonly folder: string;
  /** How many times each rival runs. @default what the benchmark itself takes */
  readonly rounds?: number;
  /** How many events there are. @default what the benchmark itself takes */
  readonly events?: number;
  /** The interpreter of an environment with pyspark 4.2.0 and the jars of Delta. */
  readonly spark: string;
  /** Says what is going on. */
  readonly note: (text: string) => void;
}

/** One line of results. */
export interface Line {
  readonly what: string;
  /** Every run, in order. */
  readonly runs: readonly Cost[];
}

/** What a benchmark found. */
export interface Findings {
  /** What was compared, on what data, in how many runs. */
  readonly about: string;
  readonly lines: readonly Line[];
  /** Ratios and bounds, with the goal where there is one. */
  readonly verdicts: readonly Verdict[];
  /** A table of its own: where the time went. */
  readonly breakdown?: Breakdown;
}

export interface Breakdown {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
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
  /** @throws MissingRival when what it measures against is not on this machine */
  run(options: BenchOptions): Promise<Findings>;
}

/** The rival of a benchmark is not on this machine: the benchmark is not run, and the command ends with exit code 3. */
export class MissingRival extends Error {}
