// npm run soak:commerce -- [--kills 100] [--days 10] [--seed 1]
// Runs commerce_job day by day on two planes: one is left alone, on the other the command is killed with -9 at random moments and
// started again. Exit code 0 only when every table of both holds the same rows.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sendSignal } from '@lakewright/process';
import { LocalPlane } from '../support/clone';
import { random } from '../support/random';

const began = Date.now();
/** When a row was taken in, and what an update said of itself, differs from run to run. */
const OWN_TIMES = ['ingested_at'];
const OWN_TABLES = /\.event_log_/;

function say(text: string): void {
  process.stdout.write(`${((Date.now() - began) / 1000).toFixed(1).padStart(7)} s  ${text}\n`);
}

const jobOf = (day: number) => ['run', 'commerce', 'commerce_job', '--param', `batch=${day}`, '--param', 'bad_share=0.2'];

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '100' },
      days: { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [kills, days, seed] = [values.kills, values.days, values.seed].map(Number) as [number, number, number];
  const [calm, killed] = [new LocalPlane(), new LocalPlane()];
  try {
    for (const plane of [calm, killed]) await must(plane, 'up', 'commerce', '--no-run');
    let slowest = 0;
    for (let day = 1; day <= days; day += 1) slowest = Math.max(slowest, await must(calm, ...jobOf(day)));
    say(`undisturbed: ${days} days, the slowest took ${(slowest / 1000).toFixed(1)} s`);
    const next = random(seed);
    let struck = 0;
    for (let day = 1; day <= days; day += 1) {
      const due = Math.round((kills * day) / days);
      while (struck < due) {
        const { pid, ended } = killed.start(...jobOf(day));
        await sleep(300 + next(slowest));
        struck += sendSignal(pid, 'SIGKILL') ? 1 : 0;
        await ended;
      }
      await must(killed, ...jobOf(day));
      say(`day ${day}: killed ${struck} times so far`);
    }
    return await compare(calm, killed);
  } finally {
    for (const plane of [calm, killed]) await plane.remove();
  }
}

/** Runs a command that has to succeed. @returns how long it took, in milliseconds */
async function must(plane: LocalPlane, ...args: string[]): Promise<number> {
  const start = Date.now();
  const { code, stderr } = await plane.lakewright(...args);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}\n${stderr}`);
  return Date.now() - start;
}

async function compare(calm: LocalPlane, killed: LocalPlane): Promise<number> {
  const tables = await tablesOf(calm);
  const others = await tablesOf(killed);
  let differences = tables.join() === others.join() ? 0 : 1;
  if (differences > 0) say(`other tables: ${tables.join(', ')} | ${others.join(', ')}`);
  const [expected, found] = [await rowsOf(calm, tables), await rowsOf(killed, tables)];
  for (const [index, table] of tables.entries()) {
    const [here, there] = [expected[index] ?? [], found[index] ?? []];
    const same = here.length === there.length && here.every((row, at) => row === there[at]);
    say(`${table}: ${here.length} rows, ${same ? 'the same' : `and ${there.length} others`}`);
    if (!same) differences += 1;
  }
  say(`tables that differ: ${differences}`);
  return differences === 0 ? 0 : 1;
}

async function tablesOf(plane: LocalPlane): Promise<string[]> {
  const { stdout } = await plane.lakewright('status', '--json');
  const { tables } = JSON.parse(stdout) as { tables: { table: string }[] };
  return tables.map(({ table }) => table).filter((table) => !OWN_TABLES.test(table));
}

/** The rows of each table, in one order. */
async function rowsOf(plane: LocalPlane, tables: readonly string[]): Promise<string[][]> {
  const file = join(plane.home, 'tables.sql');
  writeFileSync(file, tables.map((table) => `SELECT * FROM ${table}`).join(';\n'));
  const { code, stdout, stderr } = await plane.lakewright('sql', '--file', file, '--format', 'json');
  if (code !== 0) throw new Error(stderr);
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { rows: Record<string, unknown>[] });
  return answers.map(({ rows }) => rows.map(withoutOwnTimes).sort());
}

function withoutOwnTimes(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(row).filter(([name]) => !OWN_TIMES.includes(name)));
}

process.exitCode = 1;
main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  },
);
