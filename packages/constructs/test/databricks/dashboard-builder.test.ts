import { LakewrightError } from '@lakewright/config';
import { bar, counter, dashboard, dataset, histogram, line, pie, table, text } from '../../src/databricks/dashboard-builder';

const homes = dataset({
  name: 'homes',
  displayName: 'Homes',
  query: 'SELECT city, price, seen\nFROM homes_dev.gold.homes',
  columns: { city: 'string', price: 'decimal', seen: 'timestamp' },
});
const agents = dataset({ name: 'agents', query: 'SELECT agent FROM homes_dev.gold.agents', columns: { agent: 'string' } });
const everywhere = { x: 0, y: 0, width: 6, height: 2 };

function caught(work: () => unknown): LakewrightError {
  try {
    work();
  } catch (error) {
    if (error instanceof LakewrightError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('a page with one counter is the JSON that Lakeview imports', () => {
  const widgets = [counter(homes, { title: 'Homes now', value: homes.count(), position: everywhere })];
  expect(dashboard({ catalog: 'homes_dev', pages: [{ name: 'now', displayName: 'Now', widgets }] })).toEqual({
    datasets: [{ name: 'homes', displayName: 'Homes', queryLines: ['SELECT city, price, seen\n', 'FROM homes_dev.gold.homes'] }],
    pages: [
      {
        name: 'now',
        displayName: 'Now',
        pageType: 'PAGE_TYPE_CANVAS',
        layout: [
          {
            widget: {
              name: 'now-homes-now',
              queries: [
                {
                  name: 'main_query',
                  query: { datasetName: 'homes', fields: [{ name: 'count(*)', expression: 'COUNT(`*`)' }], disaggregated: false },
                },
              ],
              spec: {
                version: 2,
                widgetType: 'counter',
                encodings: {
                  value: {
                    fieldName: 'count(*)',
                    displayName: 'Count',
                    format: { type: 'number-plain', decimalPlaces: { type: 'max', places: 2 } },
                  },
                },
                frame: { showTitle: true, title: 'Homes now' },
              },
            },
            position: everywhere,
          },
        ],
      },
    ],
  });
});

test('every kind of widget, each field named in its query and in its encodings', () => {
  const at = (y: number, x = 0, width = 6) => ({ x, y, width, height: 1 });
  const definition = dashboard({
    catalog: 'homes_dev',
    pages: [
      {
        name: 'all',
        displayName: 'All',
        widgets: [
          text({ name: 'heading', markdown: '# Homes\nas of now', position: at(0) }),
          counter(homes, { title: 'Newest', value: homes.max('seen'), position: at(1, 0, 3) }),
          counter(homes, { title: 'Value', value: homes.sum('price'), format: { currency: 'EUR' }, position: at(1, 3, 3) }),
          bar(homes, { title: 'By city', x: 'city', y: homes.count(), sort: 'largest-first', position: at(2) }),
          bar(homes, { title: 'Lying', x: homes.avg('price').titled('Price'), y: 'city', color: 'city', position: at(3) }),
          line(homes, { title: 'By day', x: homes.truncated('seen', 'day'), y: homes.countDistinct('city'), position: at(4) }),
          pie(homes, { title: 'Share', angle: homes.count(), color: 'city', position: at(5) }),
          histogram(homes, { title: 'Prices', x: homes.bin('price', 50_000), position: at(6) }),
          table(agents, { title: 'Agents', columns: [agents.column('agent').titled('Agent')], position: at(7) }),
        ],
      },
    ],
  });
  expect(definition.datasets.map(({ name }) => name)).toEqual(['homes', 'agents']);
  const widgets = definition.pages[0]!.layout.map(({ widget }) => widget);
  expect(widgets.map(({ name }) => name)).toEqual(
    'heading newest value by-city lying by-day share prices agents'.split(' ').map((name) => `all-${name}`),
  );
  expect(widgets[0]).toEqual({ name: 'all-heading', multilineTextboxSpec: { lines: ['# Homes\n', 'as of now'] } });
  const shown = widgets.flatMap((widget) => ('spec' in widget ? [{ ...widget.spec, ...widget.queries[0]!.query }] : []));
  for (const { encodings, fields } of shown) {
    const referred = [...JSON.stringify(encodings).matchAll(/"fieldName":"([^"]+)"/g)].map((match) => match[1]);
    expect(referred.length).toBeGreaterThan(0);
    expect(fields.map(({ name }) => name)).toEqual(expect.arrayContaining(referred));
  }
  expect(shown.map(({ widgetType, version, disaggregated }) => [widgetType, version, disaggregated])).toEqual([
    ['counter', 2, false],
    ['counter', 2, false],
    ['bar', 3, false],
    ['bar', 3, false],
    ['line', 3, false],
    ['pie', 3, false],
    ['histogram', 3, false],
    ['table', 2, true],
  ]);
  expect(shown[2]!.encodings).toEqual({
    x: { fieldName: 'city', displayName: 'city', scale: { type: 'categorical', sort: { by: 'y-reversed' } } },
    y: { fieldName: 'count(*)', displayName: 'Count', scale: { type: 'quantitative' } },
  });
  expect(shown[4]!.fields).toEqual([
    { name: 'daily(seen)', expression: 'DATE_TRUNC("DAY", `seen`)' },
    { name: 'countdistinct(city)', expression: 'COUNT(DISTINCT `city`)' },
  ]);
  expect(shown[6]!.fields[0]).toEqual({ name: 'bin(price, binWidth=50000)', expression: 'BIN_FLOOR(`price`, 50000)' });
});

test('the compiler knows the columns of a dataset', () => {
  // @ts-expect-error there is no such column
  expect(caught(() => homes.column('town')).code).toBe('DASHBOARD_FIELD');
  // @ts-expect-error a city cannot be added up
  expect(homes.sum('city').expression).toBe('SUM(`city`)');
  // @ts-expect-error a field of another dataset
  expect(caught(() => counter(homes, { title: 'x', value: agents.count(), position: everywhere })).message).toContain('agents');
});

describe('what is refused', () => {
  const one = (position: { x: number; y: number; width: number; height: number }, name = 'one') =>
    counter(homes, { title: 'One', name, value: homes.count(), position });
  const page = (...widgets: ReturnType<typeof one>[]) => ({
    catalog: 'homes_dev',
    pages: [{ name: 'now', displayName: 'Now', widgets }],
  });

  test.each([
    ['outside the grid', { x: 4, y: 0, width: 3, height: 1 }],
    ['no height', { x: 0, y: 0, width: 1, height: 0 }],
    ['half a cell', { x: 0.5, y: 0, width: 1, height: 1 }],
    ['a negative row', { x: 0, y: -1, width: 1, height: 1 }],
  ])('a position with %s', (_, position) => {
    const error = caught(() => dashboard(page(one(position))));
    expect(error.code).toBe('DASHBOARD_LAYOUT');
    expect(error.message).toContain(JSON.stringify(position));
  });

  test('two widgets on the same cell', () => {
    const both = page(one({ x: 0, y: 0, width: 3, height: 2 }), one({ x: 2, y: 1, width: 1, height: 1 }, 'two'));
    expect(caught(() => dashboard(both)).message).toContain('one and two overlap');
  });

  test('two widgets of one name', () => {
    const both = page(one({ x: 0, y: 0, width: 1, height: 1 }), one({ x: 1, y: 0, width: 1, height: 1 }));
    expect(caught(() => dashboard(both)).code).toBe('DASHBOARD_NAME');
  });

  test('a page without a usable name, and no page', () => {
    const pages = [{ name: 'Not Good', displayName: '', widgets: [] }];
    expect(caught(() => dashboard({ catalog: 'homes_dev', pages })).message).toContain('"Not Good"');
    expect(caught(() => dashboard({ catalog: 'homes_dev', pages: [] })).code).toBe('DASHBOARD_NAME');
  });

  test("a query that reads another environment's catalog", () => {
    const error = caught(() => dashboard({ ...page(one(everywhere)), catalog: 'homes_prod' }));
    expect(error.message).toContain('homes_prod');
    expect(error.hint).toContain('homes_prod.gold');
  });

  test('two datasets of one name, a bad dataset name, an empty query', () => {
    const other = dataset({ name: 'homes', query: 'SELECT 1 AS a FROM homes_dev.x.y', columns: { a: 'int' } });
    const widget = counter(other, { title: 'Other', value: 'a', position: { x: 0, y: 2, width: 1, height: 1 } });
    expect(caught(() => dashboard(page(one(everywhere), widget))).message).toContain('two datasets');
    expect(caught(() => dataset({ name: 'My Data', query: 'SELECT 1', columns: {} })).message).toContain('"My Data"');
    expect(caught(() => dataset({ name: 'a', query: ' ', columns: {} })).code).toBe('DASHBOARD_DATASET');
  });

  test('widgets that make no sense', () => {
    const bars = () => bar(homes, { title: 'B', x: 'city', y: 'price', position: everywhere });
    expect(caught(bars).message).toContain('exactly one must be an aggregate');
    const binless = () => histogram(homes, { title: 'H', x: homes.column('price'), position: everywhere });
    expect(caught(binless).hint).toContain('bin');
    const summed = () => table(homes, { title: 'T', columns: [homes.count()], position: everywhere });
    expect(caught(summed).message).toContain('count(*)');
    expect(caught(() => homes.bin('price', 0)).message).toContain('positive');
  });
});
