import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sendSignal } from '../src';

test('a process gets the signal; one that has ended is no error', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  expect(sendSignal(child.pid!, 'SIGKILL')).toBe(true);
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(sendSignal(child.pid!, 'SIGKILL')).toBe(false);
});

test('what is no signal is an error', () => {
  expect(() => sendSignal(process.pid, 'SIGNONE' as NodeJS.Signals)).toThrow('SIGNONE');
});
