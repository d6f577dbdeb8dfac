import { get } from 'node:http';
import { createDashboardServer, type PipelineView, startDashboardServer } from '../src';
import { answering, definitionOf, type Json, resultOf, widgetOf } from './fixtures';

const ATTACK = '<img src=x onerror=alert(1)>"\'</script>';
const counter = widgetOf('counter', [['count(*)', 'COUNT(`*`)']], { value: { fieldName: 'count(*)' } });
const table = widgetOf(
  'table',
  [['title', '`title`']],
  { columns: [{ fieldName: 'title', displayName: ATTACK }] },
  { disaggregated: true },
);
const chart = widgetOf(
  'bar',
  [
    ['title', '`title`'],
    ['count(*)', 'COUNT(`*`)'],
  ],
  {
    x: { fieldName: 'title', displayName: 'Title' },
    y: { fieldName: 'count(*)', displayName: 'Count', scale: { type: 'quantitative' } },
  },
);

function serverOf(widgets: Json[], query = answering(resultOf(['string', 'bigint'], [ATTACK, 1n]))) {
  return createDashboardServer({
    dashboards: async () => [{ id: 'active', name: `Active ${ATTACK}`, definition: JSON.stringify(definitionOf(...widgets)) }],
    query,
    status: async () => [{ label: 'Environment', value: ATTACK }],
    now: () => new Date('2026-06-01T12:00:00Z'),
  });
}

test('lists the dashboards with links', async () => {
  const page = await serverOf([counter]).inject('/');
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.body).toContain('<a href="/dashboards/active">');
  expect(page.body).toContain('1 widget<');
  expect((await serverOf([counter]).inject('/api/dashboards')).json()).toEqual([{ id: 'active', name: `Active ${ATTACK}` }]);
});

test('nothing deployed is said', async () => {
  const server = createDashboardServer({ dashboards: async () => [], query: answering(resultOf([])) });
  expect((await server.inject('/')).body).toContain('No dashboard is deployed yet.');
});

test('a page holds titles, values, tables and the data of its charts', async () => {
  const page = await serverOf([counter, table, chart], answering(resultOf(['bigint', 'bigint'], [7n, 7n]))).inject(
    '/dashboards/active',
  );
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('<h3 id="w');
  expect(page.body).toContain('A counter</h3>');
  expect(page.body).toContain('<p class="value">7</p>');
  expect(page.body).toContain('<th scope="col"');
  expect(page.body).toContain('role="img" aria-label="Bar chart of Title and Count, 1 value"');
  expect(page.body).toContain('<script type="application/json"');
});

test('nothing of a definition, a row or a status becomes markup', async () => {
  const { body } = await serverOf([
    table,
    chart,
    { name: 't', textbox_spec: `# ${ATTACK}\n\n[x](javascript:alert(1)) [y](https://example.org/"a)` },
  ]).inject('/dashboards/active');
  expect(body).not.toContain('<img');
  expect(body).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(body).not.toMatch(/href="javascript/);
  const scripts = [...body.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)].map(([, attributes, text]) => ({
    attributes,
    text,
  }));
  for (const { attributes, text } of scripts) {
    expect(attributes).toMatch(/src="\/assets\/|type="application\/json"/);
    if (attributes?.includes('json')) expect(JSON.parse(text as string).data.values[0].f0).toBe(ATTACK);
  }
});

test('the API gives what the page shows', async () => {
  const view = (await serverOf([counter], answering(resultOf(['bigint'], [7n]))).inject('/api/dashboards/active')).json();
  expect(view).toMatchObject({
    id: 'active',
    queriedAt: '2026-06-01T12:00:00.000Z',
    pages: [{ name: 'page', widgets: [{ title: 'A counter', content: { kind: 'counter', value: '7' } }] }],
  });
});

test.each([
  ['/dashboards/other', 'there is no dashboard &quot;other&quot;'],
  ['/elsewhere', 'there is nothing at /elsewhere'],
  ['/assets/../../../package.json', 'there is nothing at /package.json'],
])('%s is not found', async (url, message) => {
  const page = await serverOf([counter]).inject(url);
  expect(page.statusCode).toBe(404);
  expect(page.body).toContain(message);
});

test('errors of the API are JSON with a code', async () => {
  const answer = await serverOf([counter]).inject('/api/dashboards/other');
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toEqual({ error: { code: 'DASHBOARD_UNKNOWN', message: 'there is no dashboard "other"' } });
});

test.each(['evil.example', 'evil.example:8080', '127.0.0.1.evil.example'])('the host "%s" is refused', async (host) => {
  const page = await serverOf([counter]).inject({ url: '/dashboards/active', headers: { host } });
  expect(page.statusCode).toBe(403);
  expect(page.body).not.toContain('A counter');
});

test.each(['localhost:3000', '127.0.0.1', '[::1]:3000'])('the host "%s" is served', async (host) => {
  expect((await serverOf([counter]).inject({ url: '/', headers: { host } })).statusCode).toBe(200);
});

test('the page may load nothing from elsewhere and run no script of its own', async () => {
  const page = await serverOf([chart]).inject('/dashboards/active');
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain('unsafe');
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
  expect(page.body).toContain(`<style nonce="${nonce}">`);
  expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\//);
  expect(page.body).not.toMatch(/ (on[a-z]+|style)="/);
});

test('every asset that a page names is served, with its type', async () => {
  const server = serverOf([chart]);
  const { body } = await server.inject('/dashboards/active');
  const assets = [...body.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path as string);
  expect(assets).toHaveLength(7);
  for (const path of assets) {
    const asset = await server.inject(path);
    expect([path, asset.statusCode]).toEqual([path, 200]);
    expect(asset.headers['content-type']).toMatch(/^(text\/(css|javascript)|image\/svg)/);
  }
});

test('listens on loopback, answers, and stops', async () => {
  const server = await startDashboardServer({ port: 0, dashboards: async () => [], query: answering(resultOf([])) });
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  expect(await statusOf(server.url)).toBe(200);
  await expect(
    startDashboardServer({ port: server.port, dashboards: async () => [], query: answering(resultOf([])) }),
  ).rejects.toMatchObject({
    code: 'DASHBOARD_PORT',
  });
  await server.stop();
  await expect(statusOf(server.url)).rejects.toThrow('ECONNREFUSED');
});

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    }).on('error', reject);
  });
}

describe('pipelines', () => {
  const none = { rowsWritten: 0, rowsDropped: 0, expectations: [] };
  const view: PipelineView = {
    id: 'shop',
    name: `Shop ${ATTACK}`,
    update: { id: 'u', status: 'failed', startedAt: '2026-06-01T11:59:00.000Z', durationMs: 1500 },
    datasets: [
      { id: 'in', name: ATTACK, kind: 'files', ...none },
      {
        id: 'a',
        name: 'silver.a',
        kind: 'streaming table',
        status: 'refreshed',
        rows: 1200,
        rowsWritten: 34,
        rowsDropped: 5,
        durationMs: 250,
        expectations: [{ name: 'has_id', action: 'drop', passed: 34, failed: 5 }],
      },
      { id: 'b', name: 'gold.b', kind: 'materialized view', status: 'failed', ...none, reason: ATTACK },
    ],
    edges: [
      { from: 'in', to: 'a', streaming: true },
      { from: 'a', to: 'b', streaming: false },
    ],
  };
  const server = createDashboardServer({
    dashboards: async () => [],
    query: answering(resultOf([])),
    pipelines: { list: async () => [{ id: view.id, name: view.name }], view: async () => view },
    now: () => new Date('2026-06-01T12:00:00Z'),
  });

  test('are listed and linked', async () => {
    expect((await server.inject('/')).body).toContain('<a href="/pipelines/shop">');
    expect((await server.inject('/api/pipelines')).json()).toEqual([{ id: 'shop', name: view.name }]);
    expect((await server.inject('/api/pipelines/shop')).json()).toEqual(view);
  });

  test('one is drawn with its datasets from left to right, its reads, rows, times and expectations', async () => {
    const { body } = await server.inject('/pipelines/shop');
    expect(body).not.toContain('<img');
    const places = [...body.matchAll(/data-dataset="([^"]+)" transform="translate\(([\d.]+) /g)].map(([, name, x]) => [
      name,
      Number(x),
    ]);
    expect(places.map(([name]) => name)).toEqual([expect.stringContaining('&lt;img'), 'silver.a', 'gold.b']);
    expect(places.map(([, x]) => x)).toEqual(places.map(([, x]) => x as number).toSorted((a, b) => a - b));
    expect(body.match(/class="edge( streaming)?"/g)).toEqual(['class="edge streaming"', 'class="edge"']);
    for (const text of ['1,200 rows · +34 · 5 dropped · 250 ms', 'has_id: 5 of 39 fail', 'materialized view · failed', '1.5 s']) {
      expect(body).toContain(text);
    }
  });

  test('what changes is asked for often while an update runs, seldom otherwise', async () => {
    expect((await server.inject('/pipelines/shop/content')).body).toContain('data-every="5000"');
    const running = createDashboardServer({
      dashboards: async () => [],
      query: answering(resultOf([])),
      pipelines: { list: async () => [view], view: async () => ({ ...view, update: { ...view.update!, status: 'running' } }) },
    });
    expect((await running.inject('/pipelines/shop/content')).body).toContain('data-every="1000"');
  });

  test('an unknown one is not found', async () => {
    const page = await server.inject('/pipelines/other');
    expect([page.statusCode, page.body]).toEqual([404, expect.stringContaining('there is no pipeline &quot;other&quot;')]);
  });
});
