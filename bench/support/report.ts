import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Benchmark, Findings } from './benchmark';
import type { Cost } from './measure';

/** The findings of one benchmark as a section of Markdown. */
export function sectionOf({ title }: Benchmark, findings: Findings, command: string): string {
  const lines = findings.lines.map(
    ({ what, cost }) => `| ${what} | ${seconds(cost.seconds)} | ${cpuOf(cost)} | ${memoryOf(cost)} |`,
  );
  const verdicts = findings.verdicts.map(
    ({ what, value, goal, met }) => `| ${what} | ${value} | ${goal ?? ''} | ${met === undefined ? '' : met ? 'yes' : '**no**'} |`,
  );
  return [
    `## ${title}`,
    '',
    findings.about,
    '',
    `\`${command}\``,
    '',
    ...(lines.length > 0 ? ['| | wall | CPU | memory |', '| --- | ---: | ---: | ---: |', ...lines, ''] : []),
    ...(verdicts.length > 0 ? ['| | measured | goal | met |', '| --- | --- | --- | --- |', ...verdicts, ''] : []),
    machine(),
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

/** Cores, memory and versions; nothing that names the machine. */
function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  return `${cpus().length} cores shared with other work, ${memory} GB, ${process.platform} ${process.arch}, Node ${process.versions.node}; ${day}`;
}

function seconds(value: number): string {
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`;
}

function cpuOf({ cpu }: Cost): string {
  return cpu === undefined ? '' : seconds(cpu);
}

function memoryOf({ memory }: Cost): string {
  return memory === undefined ? '' : `${Math.round(memory / 2 ** 20)} MB`;
}
