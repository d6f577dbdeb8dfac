import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Benchmark, Findings, Line, Verdict } from './benchmark';
import { type Cost, typical } from './measure';

/** The findings of one benchmark as a section of Markdown. */
export function sectionOf({ name, title }: Benchmark, findings: Findings, command: string): string {
  const { about, lines, verdicts, breakdown } = findings;
  return [
    `## ${title}`,
    '',
    `\`${name}\`. ${about}`,
    '',
    ...table(['', 'clock', 'least to most', 'processors', 'memory'], lines.map(cellsOf)),
    ...table(['', 'measured', 'goal', 'met'], verdicts.map(verdictCells)),
    ...(breakdown ? table(breakdown.head, breakdown.rows) : []),
    `\`${command}\``,
    `on ${machine()}`,
    '',
  ].join('\n');
}

/** Puts a section between its marks in docs/benchmarks.md. @throws Error when the page has no such marks */
export function writeSection(page: string, name: string, section: string): void {
  const text = readFileSync(page, 'utf8');
  const [open, close] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [begin, end] = [text.indexOf(open), text.indexOf(close)];
  if (begin < 0 || end < begin) throw new Error(`${page} has no place for ${name}: put ${open} and ${close} there`);
  writeFileSync(page, `${text.slice(0, begin + open.length)}\n${section}${text.slice(end)}`);
}

/** How many times as much the first costs as the second: by processor time, and by the clock. */
export interface Ratio {
  readonly clock: number;
  readonly processors?: number;
  /** What a goal is held against: processor time where it is known, since other work on the machine does not change it. */
  readonly judged: number;
  readonly text: string;
}

export function ratio(first: readonly Cost[], second: readonly Cost[]): Ratio {
  const [a, b] = [typical(first), typical(second)];
  const clock = a.seconds / b.seconds;
  if (a.cpu === undefined || !b.cpu) return { clock, judged: clock, text: `${figure(clock)} by the clock` };
  const processors = a.cpu / b.cpu;
  return {
    clock,
    processors,
    judged: processors,
    text: `${figure(processors)} by processor time, ${figure(clock)} by the clock`,
  };
}

/** A duration as a person says it. */
export function seconds(value: number): string {
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

function figure(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

function cellsOf({ what, runs }: Line): readonly string[] {
  const { seconds: clock, cpu, memory } = typical(runs);
  const all = runs.map((run) => run.seconds);
  const spread = runs.length > 1 ? `${seconds(Math.min(...all))} to ${seconds(Math.max(...all))}, ${runs.length} runs` : '1 run';
  return [
    what,
    seconds(clock),
    spread,
    cpu === undefined ? '' : seconds(cpu),
    memory === undefined ? '' : `${Math.round(memory / 2 ** 20)} MiB`,
  ];
}

function verdictCells({ what, value, goal, met }: Verdict): readonly string[] {
  return [what, value, goal ?? '', met === undefined ? '' : met ? 'yes' : '**no**'];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line), ''];
}

/** Cores, memory and versions; nothing that names the machine. */
function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  return `${cpus().length} cores, ${memory} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}; ${day}`;
}
