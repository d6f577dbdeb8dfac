// npm run soak -- --minutes 10 --rate 50 [--seed 1] [--kill-every 60]
// Publishes at an even rate while, at random, a service or a command is killed with -9 every minute; ends with the tables
// compared to a fold over the object versions. Exit code 0 only when nothing differs and no acknowledged write is missing.

import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sendSignal } from '@lakewright/process';
import { Random } from '../../apps/listings/lambdas/sales_and_rentals_publishing_service/random';
import { LocalPlane } from '../support/clone';
import { compareWithFold } from '../support/listings-differences';
import { listingVersions } from '../support/listings-fold';
import { Portal } from '../support/portal';

const VICTIMS = ['ministack', 'sail', 'web', 'command'] as const;
type Victim = (typeof VICTIMS)[number];

const began = Date.now();
const kills: Record<Victim, number> = { ministack: 0, sail: 0, web: 0, command: 0 };
const commands = { updates: 0, ups: 0, hit: 0, failed: 0, replayed: 0 };
/** The command at work, and kills so far. */
let current: { readonly pid: number; readonly name: string } | undefined;
let struck = 0;

function say(text: string): void {
  const seconds = ((Date.now() - began) / 1000).toFixed(1).padStart(7);
  process.stdout.write(`${seconds} s  ${text}\n`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '60' },
      rate: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      'kill-every': { type: 'string', default: '60' },
    },
  });
  const [minutes, rate, seed, every] = [values.minutes, values.rate, values.seed, values['kill-every']].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  say(`soak: ${minutes} minutes, ${rate} events a second, a kill every ${every} s, seed ${seed}, ${cpus().length} cores`);
  const plane = new LocalPlane();
  try {
    await command(plane, 'up', 'listings', '--no-run');
    return await soak(plane, minutes, rate, seed, every);
  } finally {
    await plane.remove();
  }
}

async function soak(plane: LocalPlane, minutes: number, rate: number, seed: number, every: number): Promise<number> {
  const portal = new Portal(`http://127.0.0.1:${plane.ports().aws}`, seed);
  const stop = new AbortController();
  const started = Date.now();
  const publishing = portal.publish(rate, stop.signal);
  const end = started + minutes * 60_000;
  const killing = killAtRandom(plane, end, every * 1000, new Random(seed, 'kills'));
  for (let mended = struck; Date.now() < end; ) {
    if (struck === mended) await command(plane, 'run', 'listings', 'pipeline');
    else {
      // A kill that hits this `up` calls for another.
      mended = struck;
      await command(plane, 'up', 'listings', '--no-run');
    }
    say(`published ${portal.acknowledged.length}`);
  }
  await killing;
  // A dead API answers nobody: what is still under way needs it.
  const [, seconds] = await Promise.all([command(plane, 'up', 'listings', '--no-run'), finish(publishing, stop, started)]);
  const { create, update, delete: removed } = portal.counts;
  const total = portal.acknowledged.length;
  say(`published ${total} in ${seconds.toFixed(0)} s: ${(total / seconds).toFixed(1)} events a second acknowledged`);
  say(`${create} creations, ${update} updates, ${removed} removals; ${portal.unanswered} tries without an answer`);
  portal.close();
  await command(plane, 'run', 'listings', 'publish', '--count', '20', '--seed', String(seed));
  await command(plane, 'run', 'listings', 'pipeline');
  return judge(plane, portal);
}

async function finish(publishing: Promise<void>, stop: AbortController, started: number): Promise<number> {
  stop.abort();
  const seconds = (Date.now() - started) / 1000;
  await publishing;
  return seconds;
}

/** Once in every interval, at a random moment of it, somebody dies. */
async function killAtRandom(plane: LocalPlane, end: number, everyMs: number, random: Random): Promise<void> {
  for (let start = Date.now(); start + everyMs <= end; start += everyMs) {
    const victim = VICTIMS[random.integer(0, VICTIMS.length - 1)]!;
    await sleep(Math.max(0, start + random.integer(0, everyMs - 1) - Date.now()));
    const pid = victim === 'command' ? current?.pid : plane.servicePid(victim);
    if (pid && sendSignal(pid, 'SIGKILL')) {
      struck += 1;
      kills[victim] += 1;
      say(`killed ${victim === 'command' ? current?.name : victim} (pid ${pid})`);
    }
    await sleep(Math.max(0, start + everyMs - Date.now()));
  }
}

/** Runs a command: it must succeed unless it was hit, or somebody it needs. */
async function command(plane: LocalPlane, ...args: string[]): Promise<void> {
  const start = Date.now();
  const before = struck;
  const started = plane.start(...args);
  current = { pid: started.pid, name: args.join(' ') };
  const { code, stderr } = await started.ended;
  current = undefined;
  commands[args[0] === 'up' ? 'ups' : 'updates'] += 1;
  commands.replayed += Number(/sent again from the object versions: (\d+)/.exec(stderr)?.[1] ?? 0);
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  say(`${args.join(' ')}: ${code === null ? 'killed' : `exit ${code}`} after ${seconds} s`);
  for (const note of stderr.split('\n').filter((line) => line.startsWith('note'))) say(`  ${note}`);
  if (code === 0) return;
  if (struck > before) commands.hit += 1;
  else commands.failed += 1;
  say(`  ${stderr.trimEnd().split('\n').slice(-6).join('\n  ')}`);
}

async function judge(plane: LocalPlane, portal: Portal): Promise<number> {
  const versions = await listingVersions(`http://127.0.0.1:${plane.ports().aws}`, 'eu-west-1');
  const kept = new Set([...versions.values()].flat().map(({ key, versionId }) => `${key} ${versionId}`));
  const lost = portal.acknowledged.filter(({ key, versionId }) => !kept.has(`${key} ${versionId}`));
  const { differences, ...counts } = await compareWithFold(plane);
  say(`kills: ${VICTIMS.map((victim) => `${victim} ${kills[victim]}`).join(', ')}`);
  say(`commands: ${JSON.stringify(commands)}`);
  say(`tables: ${JSON.stringify(counts)}`);
  say(`acknowledged writes lost: ${lost.length}`);
  for (const { key, versionId } of lost.slice(0, 20)) say(`  lost ${key} ${versionId}`);
  say(`differences from the fold: ${differences.length}`);
  for (const difference of differences.slice(0, 20)) say(`  ${difference}`);
  return lost.length + differences.length + commands.failed === 0 ? 0 : 1;
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
