import { LakewrightError } from '@lakewright/config';
import { readDefinition } from '../src/definition';
import { type RunQuery, renderDashboard } from '../src/render';
import type { WidgetContent } from '../src/view';
import { answering, definitionOf, type Json, resultOf, widgetOf } from './fixtures';

const NOW = new Date('2026-06-01T12:00:00Z');
const COUNT: [string, string] = ['count(*)', 'COUNT(`*`)'];

async function contentsOf(query: RunQuery, ...widgets: Json[]): Promise<WidgetContent[]> {
  const definition = readDefinition('test', definitionOf(...widgets));
  const view = await renderDashboard({ id: 'test', name: 'Test', definition }, query, NOW);
  return view.pages.flatMap((page) => page.widgets.map(({ content }) => content));
}

describe('counter', () => {
  const counter = (format?: Record<string, unknown>) =>
    widgetOf('counter', [COUNT], { value: { fieldName: 'count(*)', displayName: 'listings', ...(format && { format }) } });

  test('counts over the dataset, once', async () => {
    const query = answering(resultOf(['bigint'], [1234567n]));
    expect(await contentsOf(query, counter())).toEqual([{ kind: 'counter', value: '1,234,567', detail: 'listings' }]);
    expect(query.asked).toEqual([
      'SELECT count(*) AS f0\nFROM (\nSELECT *\nFROM c.gold.current_listings\nORDER BY city\n) AS dataset\nLIMIT 1001',
    ]);
  });

  test.each([
    [{ type: 'number-currency', currencyCode: 'EUR', decimalPlaces: { type: 'max', places: 0 } }, '425000.00', '€425,000'],
    [{ type: 'number-plain', abbreviation: 'compact' }, '425000.00', '425k'],
    [{ type: 'number-percent', decimalPlaces: { type: 'exact', places: 1 } }, '0.5', '50.0%'],
  ])('formats %j', async (format, value, text) => {
    const [content] = await contentsOf(answering(resultOf(['decimal(14,2)'], [value])), counter(format));
    expect(content).toMatchObject({ value: text });
  });

  test('tells the age of a moment', async () => {
    const [content] = await contentsOf(answering(resultOf(['timestamp'], ['2026-06-01T11:57:10.000Z'])), counter());
    expect(content).toEqual({ kind: 'counter', value: '2 min ago', detail: '1 Jun 2026, 11:57 UTC' });
  });

  test('an empty lake has no value yet', async () => {
    const [content] = await contentsOf(answering(resultOf(['timestamp'], [null])), counter());
    expect(content).toEqual({ kind: 'counter', value: '–', detail: 'No rows yet' });
  });
});

describe('bar', () => {
  const bar = widgetOf('bar', [COUNT, ['city', '`city`'], ['offer', '`offer`']], {
    x: { fieldName: 'count(*)', displayName: 'Listings', scale: { type: 'quantitative' } },
    y: { fieldName: 'city', displayName: 'City', scale: { type: 'categorical', sort: { by: 'x-reversed' } } },
    color: { fieldName: 'offer', displayName: 'Offer', scale: { type: 'categorical' } },
  });

  test('groups by everything that is no aggregate, and becomes Vega-Lite with plain numbers', async () => {
    const query = answering(resultOf(['bigint', 'string', 'string'], [3n, 'Porto', 'sale'], [2n, null, 'rent']));
    const [content] = await contentsOf(query, bar);
    expect(query.asked[0]).toMatch(/^SELECT count\(\*\) AS f0, `city` AS f1, `offer` AS f2\n/);
    expect(query.asked[0]).toContain('\nGROUP BY `city`, `offer`\nORDER BY `city`, `offer`\n');
    expect(content).toMatchObject({
      kind: 'chart',
      summary: 'Bar chart of Listings and City and Offer, 2 values',
      spec: {
        data: {
          values: [
            { f0: 3, f1: 'Porto', f2: 'sale' },
            { f0: 2, f1: 'none', f2: 'rent' },
          ],
        },
        mark: { type: 'bar' },
        encoding: {
          x: { field: 'f0', type: 'quantitative', title: 'Listings' },
          y: { field: 'f1', type: 'nominal', title: 'City', sort: '-x' },
          color: { field: 'f2', type: 'nominal' },
        },
      },
      table: {
        columns: [{ title: 'City' }, { title: 'Offer' }, { title: 'Listings' }],
        rows: [
          ['Porto', 'sale', '3'],
          ['–', 'rent', '2'],
        ],
      },
    });
  });

  test('without rows says so', async () => {
    const [content] = await contentsOf(answering(resultOf(['bigint', 'string', 'string'])), bar);
    expect(content).toEqual({ kind: 'notice', tone: 'empty', message: 'No rows yet' });
  });
});

test('histogram: bins made by the query are drawn with their width', async () => {
  const histogram = widgetOf('histogram', [['bin', 'BIN_FLOOR(`price`, 50000)'], COUNT], {
    x: { fieldName: 'bin', displayName: 'Price', scale: { type: 'quantitative' } },
    y: { fieldName: 'count(*)', displayName: 'Listings', scale: { type: 'quantitative' } },
  });
  const query = answering(resultOf(['double', 'bigint'], [100000, 4n]));
  const [content] = await contentsOf(query, histogram);
  expect(query.asked[0]).toContain('GROUP BY floor(CAST(`price` AS DOUBLE) / CAST(50000 AS DOUBLE))');
  expect(content).toMatchObject({
    spec: {
      data: { values: [{ f0: 100000, f1: 4 }] },
      transform: [{ calculate: 'datum.f0 + 50000', as: 'f0_end' }, {}],
      encoding: { x: { field: 'f0', bin: 'binned', title: 'Price' }, x2: { field: 'f0_end' }, y: { field: 'f1' } },
    },
  });
});

test('line: times stay times, ticks follow the unit of the query', async () => {
  const line = widgetOf('line', [['day', 'DATE_TRUNC("DAY", `at`)'], COUNT], {
    x: { fieldName: 'day', displayName: 'Day', scale: { type: 'temporal' } },
    y: { fieldName: 'count(*)', displayName: 'Listings', scale: { type: 'quantitative' } },
  });
  const [content] = await contentsOf(answering(resultOf(['timestamp', 'bigint'], ['2026-05-01T00:00:00.000Z', 2n])), line);
  expect(content).toMatchObject({
    spec: {
      mark: { type: 'line' },
      data: { values: [{ f0: '2026-05-01T00:00:00.000Z', f1: 2 }] },
      encoding: { x: { type: 'temporal', axis: { tickCount: { interval: 'day', step: 1 } } } },
    },
  });
});

test('pie: the angle is the value, the colour the group', async () => {
  const pie = widgetOf('pie', [COUNT, ['offer', '`offer`']], {
    angle: { fieldName: 'count(*)', displayName: 'Listings' },
    color: { fieldName: 'offer', displayName: 'Offer' },
  });
  const [content] = await contentsOf(answering(resultOf(['bigint', 'string'], [2n, 'rent'])), pie);
  expect(content).toMatchObject({
    spec: { mark: { type: 'arc' }, encoding: { theta: { field: 'f0' }, color: { field: 'f1' } } },
  });
});

describe('table', () => {
  const table = widgetOf(
    'table',
    [
      ['title', '`title`'],
      ['price', '`price`'],
      ['year', '`year`'],
      ['at', '`at`'],
      ['open', '`open`'],
    ],
    {
      columns: ['title', 'price', 'year', 'at', 'open'].map((fieldName) => ({ fieldName, displayName: fieldName.toUpperCase() })),
    },
    { disaggregated: true },
  );
  const types = ['string', 'decimal(14,2)', 'int', 'timestamp', 'boolean'];

  test('keeps the rows and their order; every value is a text', async () => {
    const query = answering(
      resultOf(
        types,
        ['A <b>house</b>', '425000.50', 1987, '2026-05-31T17:44:00.000Z', true],
        [null, '950.00', 2020, null, false],
      ),
    );
    const [content] = await contentsOf(query, table);
    expect(query.asked[0]).not.toContain('GROUP BY');
    expect(content).toMatchObject({
      kind: 'table',
      table: {
        columns: [
          { title: 'TITLE', numeric: false },
          { title: 'PRICE', numeric: true },
          { title: 'YEAR', numeric: true },
          { title: 'AT', numeric: false },
          { title: 'OPEN', numeric: false },
        ],
        rows: [
          ['A <b>house</b>', '425,000.5', '1987', '31 May 2026, 17:44 UTC', 'Yes'],
          ['–', '950', '2020', '–', 'No'],
        ],
        truncated: false,
      },
    });
  });

  test('stops at a thousand rows and says that there are more', async () => {
    const rows = Array.from({ length: 1001 }, (_, index) => [`row ${index}`, '1', 1, null, true]);
    const [content] = await contentsOf(answering(resultOf(types, ...rows)), table);
    expect(content).toMatchObject({ table: { truncated: true } });
    expect(content?.kind === 'table' && content.table.rows).toHaveLength(1000);
  });
});

test('text widgets keep their Markdown', async () => {
  const query = answering(resultOf([]));
  const contents = await contentsOf(
    query,
    { name: 'a', multilineTextboxSpec: { lines: ['# Title\n', 'Text'] } },
    { name: 'b', textbox_spec: 'Old form' },
  );
  expect(contents).toEqual([
    { kind: 'text', markdown: '# Title\nText' },
    { kind: 'text', markdown: 'Old form' },
  ]);
  expect(query.asked).toEqual([]);
});

describe('what goes wrong stays in its widget', () => {
  const good = widgetOf('counter', [COUNT], { value: { fieldName: 'count(*)' } });

  test('a failing query, an unknown type, an unknown dataset, a missing encoding', async () => {
    const contents = await contentsOf(
      async (sql) => {
        if (sql.includes('`broken`')) throw new Error('no column broken');
        return resultOf(['bigint'], [1n]);
      },
      good,
      widgetOf('counter', [['sum', 'SUM(`broken`)']], { value: { fieldName: 'sum' } }),
      widgetOf('choropleth-map', [COUNT], {}),
      widgetOf('counter', [COUNT], { value: { fieldName: 'count(*)' } }, { datasetName: 'elsewhere' }),
      widgetOf('bar', [COUNT], { y: { fieldName: 'count(*)' } }),
      widgetOf('counter', [COUNT], { value: { fieldName: 'other' } }),
      widgetOf('counter', [COUNT], { value: { fieldName: 'count(*)' } }, { filters: [{ expression: '`city` IS NULL' }] }),
    );
    expect(contents).toEqual([
      expect.objectContaining({ kind: 'counter', value: '1' }),
      { kind: 'notice', tone: 'error', message: 'no column broken' },
      {
        kind: 'notice',
        tone: 'unsupported',
        message: 'widgets of type "choropleth-map" are not supported: counter, table, bar, line, pie, histogram, text are',
      },
      { kind: 'notice', tone: 'unsupported', message: 'the dashboard has no dataset "elsewhere"' },
      { kind: 'notice', tone: 'unsupported', message: 'a bar without the encoding x is not supported' },
      { kind: 'notice', tone: 'unsupported', message: 'the encoding value names the field other, which its query does not have' },
      { kind: 'notice', tone: 'unsupported', message: 'filters inside a widget are not supported' },
    ]);
  });

  test.each([
    ['WHERE city = :city', ':city, which is not supported'],
    ['WHERE a BETWEEN :from AND :to AND b <> :from', ':from, :to, which are not supported'],
  ])('parameters are told in place and nothing is asked: %s', async (where, message) => {
    const query = answering(resultOf(['bigint'], [1n]));
    const source = {
      ...definitionOf(good),
      datasets: [{ name: 'listings', displayName: 'Listings', query: `SELECT * FROM t ${where}` }],
    };
    const view = await renderDashboard({ id: 't', name: 'T', definition: readDefinition('t', source) }, query, NOW);
    expect(view.pages[0]?.widgets[0]?.content).toEqual({
      kind: 'notice',
      tone: 'unsupported',
      message: expect.stringContaining(`the dataset "Listings" asks for the parameter`),
    });
    expect(view.pages[0]?.widgets[0]?.content).toMatchObject({ message: expect.stringContaining(message) });
    expect(query.asked).toEqual([]);
  });

  test('casts, paths, texts and comments are no parameters', async () => {
    const query = answering(resultOf(['bigint'], [1n]));
    const sql = 'SELECT a::int, `b`:c, payload:d FROM t WHERE e = \'at :noon\' -- not :this\n AND f > "g:h" /* nor :that */';
    const source = { ...definitionOf(good), datasets: [{ name: 'listings', query: sql }] };
    await renderDashboard({ id: 't', name: 'T', definition: readDefinition('t', source) }, query, NOW);
    expect(query.asked[0]).toContain(sql);
  });

  test('a table that no update has made yet is an empty lake, not a failure', async () => {
    const contents = await contentsOf(async () => {
      throw new LakewrightError('ENGINE_SQL', '[TABLE_OR_VIEW_NOT_FOUND] c.gold.current_listings cannot be found');
    }, good);
    expect(contents).toEqual([{ kind: 'notice', tone: 'empty', message: 'No rows yet: no update has made the table' }]);
  });

  test('equal queries run once', async () => {
    const query = answering(resultOf(['bigint'], [1n]));
    await contentsOf(query, good, good, good);
    expect(query.asked).toHaveLength(1);
  });
});

describe('definitions', () => {
  test('unreadable ones are refused by path', () => {
    expect(() => readDefinition('Sales', '{')).toThrow('dashboard "Sales": the definition is not JSON');
    expect(() =>
      readDefinition('Sales', { pages: [{ name: 'p', layout: [{ widget: { name: 'w' }, position: { x: 7 } }] }] }),
    ).toThrow(/dashboard "Sales": pages\.0\.layout\.0\.position\.x/);
  });
});
