import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { readDefinition } from '../src/definition';
import { renderDashboard } from '../src/render';
import type { Result } from '../src/widget/result';
import { definitionOf, type Json, resultOf, widgetOf } from './fixtures';

const COUNT: [string, string] = ['count(*)', 'COUNT(`*`)'];
const LISTINGS = { fieldName: 'count(*)', displayName: 'Listings', scale: { type: 'quantitative' } };

const bar = widgetOf('bar', [COUNT, ['city', '`city`']], {
  x: LISTINGS,
  y: { fieldName: 'city', displayName: 'City', scale: { type: 'categorical', sort: { by: 'x-reversed' } } },
});
const histogram = widgetOf('histogram', [['bin', 'BIN_FLOOR(`price`, 100000)'], COUNT], {
  x: { fieldName: 'bin', displayName: 'Price', scale: { type: 'quantitative' } },
  y: LISTINGS,
});
const line = widgetOf('line', [['day', 'DATE_TRUNC("DAY", `at`)'], COUNT], {
  x: { fieldName: 'day', displayName: 'Day', scale: { type: 'temporal' } },
  y: LISTINGS,
});
const pie = widgetOf('pie', [COUNT, ['offer', '`offer`']], {
  angle: { fieldName: 'count(*)', displayName: 'Listings' },
  color: { fieldName: 'offer', displayName: 'Offer' },
});

/** The SVG of each widget's chart, drawn by Vega with the interpreter that the page uses. */
async function drawingsOf(results: readonly (readonly [Json, Result])[]): Promise<string[]> {
  const specs = results.map(async ([widget, result]) => {
    const definition = readDefinition('test', definitionOf(widget));
    const view = await renderDashboard({ id: 'test', name: 'Test', definition }, async () => result, new Date(0));
    const content = view.pages[0]?.widgets[0]?.content;
    return content?.kind === 'chart' ? content.spec : content;
  });
  const script = join(projectRoot(), 'packages/dashboard/test/draw.mjs');
  return JSON.parse(
    execFileSync(process.execPath, [script], { input: JSON.stringify(await Promise.all(specs)), encoding: 'utf8' }),
  );
}

test('Vega draws every chart with marks of the right size and readable labels', async () => {
  const [bars, bins, lines, slices] = (await drawingsOf([
    [bar, resultOf(['bigint', 'string'], [10n, 'Lisbon'], [40n, 'Porto'])],
    [histogram, resultOf(['double', 'bigint'], [100000, 4n], [200000, 2n], [1000000, 1n])],
    [line, resultOf(['timestamp', 'bigint'], ['2026-05-01T00:00:00.000Z', 2n], ['2026-05-02T00:00:00.000Z', 3n])],
    [pie, resultOf(['bigint', 'string'], [1n, 'To rent'], [3n, 'For sale'])],
  ])) as [string, string, string, string];

  const widths = barsOf(bars).map(({ width }) => width);
  expect(widths).toHaveLength(2);
  expect(Math.max(...widths) / Math.min(...widths)).toBeCloseTo(4);
  // Sorted by value: Porto stands above Lisbon.
  expect(bars.indexOf('>Porto<')).toBeLessThan(bars.indexOf('>Lisbon<'));
  expect(bars).toContain('>Listings<');

  const bins_ = barsOf(bins);
  expect(bins_.map(({ width }) => width > 20)).toEqual([true, true, true]);
  expect(bins_[0]?.height).toBeCloseTo((bins_[1]?.height ?? 0) * 2);
  expect(bins).toContain('>500k<');
  expect(bins).toContain('>1M<');
  expect(bins).toContain('100,000 – 200,000');

  expect(lines.match(/aria-roledescription="point"/g)).toHaveLength(2);
  expect(lines).toContain('>Day<');
  expect(slices.match(/aria-label="Listings: [13]; Offer: /g)).toHaveLength(2);
  expect(slices).toContain('>For sale<');
});

function barsOf(svg: string): { width: number; height: number }[] {
  return [...svg.matchAll(/aria-roledescription="bar" d="([^"]+)"/g)].map(([, path]) => {
    const numbers = pointsOf(path as string);
    const size = (axis: 0 | 1) =>
      Math.max(...numbers.map((point) => point[axis])) - Math.min(...numbers.map((point) => point[axis]));
    return { width: size(0), height: size(1) };
  });
}

/** The points that a path of M, L, h, v, H, V, C and Z passes. */
function pointsOf(path: string): [number, number][] {
  const points: [number, number][] = [];
  let [x, y] = [0, 0];
  for (const [, command, list] of path.matchAll(/([MLHVhvC])([^MLHVhvCZz]*)/g)) {
    const numbers = (list as string)
      .split(/[\s,]+|(?<=\d)(?=-)/)
      .filter(Boolean)
      .map(Number);
    const last = numbers.at(-1) as number;
    if (command === 'h') x += last;
    else if (command === 'v') y += last;
    else if (command === 'H') x = last;
    else if (command === 'V') y = last;
    else [x, y] = [numbers.at(-2) as number, last];
    points.push([x, y]);
  }
  return points;
}
