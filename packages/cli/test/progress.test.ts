import { stripVTControlCharacters } from 'node:util';
import { processEnvironment } from '@lakewright/config';
import { LiveLine } from '../src/live-line';
import { standardError, TerminalProgress } from '../src/progress';

/** A terminal that remembers all that was written to it. */
function terminal(columns: number) {
  const written: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  return { stream: { isTTY: true, columns, write } as unknown as NodeJS.WriteStream, written };
}

test('where nobody watches: one line a step, no escape sequence', async () => {
  const lines: string[] = [];
  const progress = new TerminalProgress({ write: (text) => lines.push(text), color: false });
  await progress.step('one', async (note) => note('3 of 4', 3, 4));
  progress.notice('by the way');
  await expect(
    progress.step('two', async () => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(lines.map((line) => line.replace(/[\d.]+ s/, 'N s'))).toEqual([
    'done     N s  one (3 of 4)\n',
    'note    by the way\n',
    'failed     N s  two\n',
  ]);
  expect(progress.steps.map(({ name }) => name)).toEqual(['one']);
});

test('on a terminal: the running step with a bar, never wider than the terminal, and nothing left of it', async () => {
  const { stream, written } = terminal(60);
  const progress = new TerminalProgress({ write: (text) => stream.write(text), color: false, live: new LiveLine(stream, false) });
  await progress.step('publish', async (note) => {
    note('a text that is far too long for the line of a terminal of sixty columns', 3, 12);
    progress.notice('seen in between');
    note('ended', 12, 12);
  });
  const texts = written.map((text) => stripVTControlCharacters(text)).filter(Boolean);
  expect(texts.filter((text) => !text.endsWith('\n')).every((text) => text.length < 60)).toBe(true);
  expect(texts).toContainEqual(expect.stringMatching(/^ {3}. +0\.\d s {2}publish ██████░{18} 25% \(.+…$/));
  expect(texts.filter((text) => text.endsWith('\n')).map((line) => line.replace(/[\d.]+ s/, 'N s'))).toEqual([
    'note    seen in between\n',
    'done     N s  publish (ended)\n',
  ]);
  // The last thing before a line that stays: the live line is cleared.
  expect(written.at(-2)).toBe('\u001b[2K');
});

test.each([
  ['a terminal', {}, true, { color: true, live: true }],
  ['a terminal that wants no colour', { NO_COLOR: '1' }, true, { color: false, live: true }],
  ['a build server', { CI: 'true' }, true, { color: true, live: false }],
  ['CI switched off', { CI: 'false' }, true, { color: true, live: true }],
  ['a dumb terminal', { TERM: 'dumb' }, true, { color: false, live: false }],
  ['a file', {}, false, { color: false, live: false }],
])('%s', (_name, env, isTTY, expected) => {
  const stream = { ...terminal(80).stream, isTTY } as NodeJS.WriteStream;
  const { color, live } = standardError(stream, processEnvironment(env));
  expect({ color, live: live !== undefined }).toEqual(expected);
});
