import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark, Findings } from '../support/benchmark';
import { ratio, seconds, sectionOf, writeSection } from '../support/report';

const benchmark: Benchmark = { name: 'sort', title: 'Sorting', run: () => Promise.reject(new Error('not run here')) };
const findings: Findings = {
  about: 'A thousand names.',
  lines: [
    { what: 'ours', runs: [1, 3, 2].map((value) => ({ seconds: value, cpu: value / 10, memory: value * 2 ** 20 })) },
    { what: 'theirs', runs: [{ seconds: 12 }] },
  ],
  verdicts: [
    { what: 'ours to theirs', value: '0.17', goal: 'at most 1', met: true },
    { what: 'order', value: 'DIFFERENT', goal: 'the same', met: false },
  ],
  breakdown: { head: ['step', 'time'], rows: [['read', '1 s']] },
};

test('a section tells medians, spread, verdicts and the command', () => {
  const section = sectionOf(benchmark, findings, 'npm run bench -- sort --write');
  expect(section).toContain('## Sorting\n\n`sort`. A thousand names.\n');
  expect(section).toContain('| ours | 2.00 s | 1.00 s to 3.00 s, 3 runs | 200 ms | 3 MiB |');
  expect(section).toContain('| theirs | 12.0 s | 1 run |  |  |');
  expect(section).toContain('| ours to theirs | 0.17 | at most 1 | yes |');
  expect(section).toContain('| order | DIFFERENT | the same | **no** |');
  expect(section).toContain('| read | 1 s |');
  expect(section).toMatch(/`npm run bench -- sort --write`\non \d+ cores, \d+ GiB, .*Node/);
});

test('a ratio is judged by processor time where that is known, else by the clock', () => {
  const [slow, fast] = [[{ seconds: 10, cpu: 3 }], [{ seconds: 2, cpu: 2 }]];
  expect(ratio(slow, fast)).toMatchObject({ clock: 5, judged: 1.5, text: '1.50 by processor time, 5.00 by the clock' });
  expect(ratio([{ seconds: 10 }], fast)).toMatchObject({ judged: 5, text: '5.00 by the clock' });
});

test('durations are milliseconds below a second', () => {
  expect([0.0204, 1.234, 61.25].map(seconds)).toEqual(['20 ms', '1.23 s', '61.3 s']);
});

describe('a page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lakewright-report-'));
  const page = join(folder, 'page.md');
  afterAll(() => rmSync(folder, { recursive: true }));

  test('gets a section between its marks, and keeps the rest', () => {
    writeFileSync(page, 'before\n<!-- bench:sort -->\nold\n<!-- /bench:sort -->\nafter\n');
    writeSection(page, 'sort', 'new\n');
    expect(readFileSync(page, 'utf8')).toBe('before\n<!-- bench:sort -->\nnew\n<!-- /bench:sort -->\nafter\n');
  });

  test('without the marks is left alone', () => {
    writeFileSync(page, 'before\n');
    expect(() => writeSection(page, 'sort', 'new\n')).toThrow('has no place for sort');
    expect(readFileSync(page, 'utf8')).toBe('before\n');
  });
});
