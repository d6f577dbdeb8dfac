import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endChild, killWithThisProcess } from '@lakewright/process';

async function child(script: string) {
  const process = spawn(globalThis.process.execPath, ['-e', `${script}; console.log('ready'); setInterval(() => {}, 1000)`]);
  await once(process.stdout, 'data');
  return process;
}

test('a child is asked to end, and its end is waited for', async () => {
  const polite = await child("process.on('SIGTERM', () => process.exit(7))");
  await endChild(polite);
  expect([polite.exitCode, polite.signalCode]).toEqual([7, null]);
  await endChild(polite);
});

test('one that does not listen is killed', async () => {
  const deaf = await child("process.on('SIGTERM', () => {})");
  await endChild(deaf, 50);
  expect(deaf.signalCode).toBe('SIGKILL');
});

test('one that never began has ended', async () => {
  const missing = spawn('/nowhere/at-all');
  await once(missing, 'error');
  await endChild(missing);
  expect(missing.pid).toBeUndefined();
});

test('a child that has ended is not remembered', async () => {
  const before = process.listenerCount('exit');
  const short = await child('0');
  killWithThisProcess(short);
  expect(process.listenerCount('exit')).toBe(before + 1);
  await endChild(short);
  expect(process.listenerCount('exit')).toBe(before);
});
