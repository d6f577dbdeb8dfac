import { randomBytes } from 'node:crypto';
import { LakewrightError } from '@lakewright/config';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { registerAssets } from './assets';
import { readDefinition } from './definition';
import type { JobView } from './job/view';
import type { MachineView } from './machine/view';
import { dashboardContent, dashboardPage } from './page/dashboard-page';
import { indexPage } from './page/index-page';
import { jobContent, jobPage } from './page/job-page';
import { machineContent, machinePage } from './page/machine-page';
import { pipelineContent, pipelinePage } from './page/pipeline-page';
import { messagePage, type StatusFact } from './page/shell';
import type { PipelineView } from './pipeline/view';
import { type RunQuery, renderDashboard } from './render';

/** A deployed dashboard. `definition` is Lakeview JSON, as text or parsed. */
export interface DashboardSource {
  readonly id: string;
  readonly name: string;
  readonly definition: unknown;
}

export interface DashboardServerOptions {
  /** Asked at every request, so that a new deployment is shown at once. */
  readonly dashboards: () => Promise<readonly DashboardSource[]>;
  readonly query: RunQuery;
  /** Asked at every request of a pipeline's page. @default there are none */
  readonly pipelines?: PipelineSource;
  /** Asked at every request of a job's page. @default there are none */
  readonly jobs?: JobSource;
  /** Asked at every request of a state machine's page. @default there are none */
  readonly machines?: MachineSource;
  /** Facts for the head of every page. @default none are shown */
  readonly status?: () => Promise<readonly StatusFact[]>;
  /** @default the clock */
  readonly now?: () => Date;
}

/** The pipelines that are deployed, and one of them with its last update as it is now. */
export interface PipelineSource {
  list(): Promise<readonly { readonly id: string; readonly name: string }[]>;
  view(id: string): Promise<PipelineView>;
}

/** The jobs that are deployed, and one of them with its runs as they are now. */
export interface JobSource {
  list(): Promise<readonly { readonly id: string; readonly name: string; readonly note: string }[]>;
  view(id: string): Promise<JobView>;
  /** The end of what a task wrote when it last ran. @throws LakewrightError when it wrote nothing */
  log(id: string, task: string): Promise<string>;
}

/** The state machines that are deployed, and one of them with its executions as they are now. */
export interface MachineSource {
  list(): Promise<readonly { readonly id: string; readonly name: string; readonly note: string }[]>;
  /** Undefined for one that is not deployed. */
  view(id: string): Promise<MachineView | undefined>;
}

export interface DashboardServer {
  readonly url: string;
  readonly port: number;
  /** Ends open requests and closes the port. */
  stop(): Promise<void>;
}

/**
 * Serves dashboards, pipelines, jobs and state machines on the loopback interface.
 * Pages: `/`, `/dashboards/<id>`, `/pipelines/<id>`, `/jobs/<id>`, `/machines/<id>` (what changes in them: `.../content`);
 * `/jobs/<id>/tasks/<task>/log` as text. JSON: `/api/dashboards`, `/api/dashboards/<id>`
 * (a `DashboardView`), `/api/pipelines`, `/api/pipelines/<id>` (a `PipelineView`), `/api/jobs`, `/api/jobs/<id>` (a
 * `JobView`), `/api/machines`, `/api/machines/<id>` (a `MachineView`), `/api/status`.
 * @param options.port 0 takes a free one
 * @throws LakewrightError DASHBOARD_PORT if the port is taken
 */
export async function startDashboardServer(
  options: DashboardServerOptions & { readonly port: number; readonly host?: '127.0.0.1' },
): Promise<DashboardServer> {
  const server = createDashboardServer(options);
  const host = options.host ?? '127.0.0.1';
  try {
    await server.listen({ host, port: options.port });
  } catch (cause) {
    throw new LakewrightError(
      'DASHBOARD_PORT',
      `the dashboards cannot listen on ${host}:${options.port}: ${(cause as Error).message}`,
      {
        hint: 'stop the process that holds the port, or take another one',
        cause,
      },
    );
  }
  const address = server.addresses()[0];
  const port = address?.port ?? options.port;
  return { url: `http://${host}:${port}`, port, stop: () => server.close() };
}

/** The server without a port, for tests and for embedding. */
export function createDashboardServer(options: DashboardServerOptions): FastifyInstance {
  const server = fastify({ logger: false, forceCloseConnections: true });
  const now = options.now ?? (() => new Date());
  guard(server);
  registerAssets(server);

  server.get('/', async (_request, reply) => {
    const dashboards = (await options.dashboards()).map(({ id, name, definition }) => {
      const widgets = readDefinition(name, definition).pages.reduce((sum, { layout }) => sum + layout.length, 0);
      return { path: `/dashboards/${encodeURIComponent(id)}`, name, note: `${widgets} ${widgets === 1 ? 'widget' : 'widgets'}` };
    });
    const pipelines = ((await options.pipelines?.list()) ?? []).map(({ id, name }) => ({
      path: `/pipelines/${encodeURIComponent(id)}`,
      name,
      note: 'graph and last update',
    }));
    const jobs = ((await options.jobs?.list()) ?? []).map(({ id, name, note }) => ({
      path: `/jobs/${encodeURIComponent(id)}`,
      name,
      note,
    }));
    const machines = ((await options.machines?.list()) ?? []).map(({ id, name, note }) => ({
      path: `/machines/${encodeURIComponent(id)}`,
      name,
      note,
    }));
    return page(reply, indexPage(nonceOf(reply), { dashboards, pipelines, jobs, machines }, await factsOf(options)));
  });
  servePipelines(server, options, now);
  serveJobs(server, options, now);
  serveMachines(server, options, now);

  server.get<{ Params: { id: string } }>('/dashboards/:id', async (request, reply) => {
    const view = await viewOf(options, request.params.id, now());
    return page(reply, dashboardPage(nonceOf(reply), view, await factsOf(options)));
  });

  server.get<{ Params: { id: string } }>('/dashboards/:id/content', async (request, reply) => {
    const view = await viewOf(options, request.params.id, now());
    return page(reply, dashboardContent(view, await factsOf(options)));
  });

  server.get('/api/dashboards', async () => (await options.dashboards()).map(({ id, name }) => ({ id, name })));
  server.get<{ Params: { id: string } }>('/api/dashboards/:id', (request) => viewOf(options, request.params.id, now()));
  server.get('/api/status', () => factsOf(options));
  return server;
}

function servePipelines(server: FastifyInstance, options: DashboardServerOptions, now: () => Date): void {
  const { pipelines } = options;
  if (!pipelines) return;
  const view = async (id: string) => {
    const known = (await pipelines.list()).some((pipeline) => pipeline.id === id);
    if (!known) throw new LakewrightError('DASHBOARD_UNKNOWN', `there is no pipeline "${id}"`, { hint: 'see / for all of them' });
    return pipelines.view(id);
  };
  server.get<{ Params: { id: string } }>('/pipelines/:id', async (request, reply) => {
    return page(reply, pipelinePage(nonceOf(reply), await view(request.params.id), await factsOf(options), now()));
  });
  server.get<{ Params: { id: string } }>('/pipelines/:id/content', async (request, reply) => {
    return page(reply, pipelineContent(await view(request.params.id), await factsOf(options), now()));
  });
  server.get('/api/pipelines', () => pipelines.list());
  server.get<{ Params: { id: string } }>('/api/pipelines/:id', (request) => view(request.params.id));
}

function serveJobs(server: FastifyInstance, options: DashboardServerOptions, now: () => Date): void {
  const { jobs } = options;
  if (!jobs) return;
  const known = async (id: string) => {
    if ((await jobs.list()).some((job) => job.id === id)) return;
    throw new LakewrightError('DASHBOARD_UNKNOWN', `there is no job "${id}"`, { hint: 'see / for all of them' });
  };
  const view = async (id: string) => {
    await known(id);
    return jobs.view(id);
  };
  server.get<{ Params: { id: string } }>('/jobs/:id', async (request, reply) => {
    return page(reply, jobPage(nonceOf(reply), await view(request.params.id), await factsOf(options), now()));
  });
  server.get<{ Params: { id: string } }>('/jobs/:id/content', async (request, reply) => {
    return page(reply, jobContent(await view(request.params.id), await factsOf(options), now()));
  });
  server.get<{ Params: { id: string; task: string } }>('/jobs/:id/tasks/:task/log', async ({ params }, reply) => {
    await known(params.id);
    return reply.type('text/plain; charset=utf-8').send(await jobs.log(params.id, params.task));
  });
  server.get('/api/jobs', () => jobs.list());
  server.get<{ Params: { id: string } }>('/api/jobs/:id', (request) => view(request.params.id));
}

function serveMachines(server: FastifyInstance, options: DashboardServerOptions, now: () => Date): void {
  const { machines } = options;
  if (!machines) return;
  const view = async (id: string) => {
    const machine = await machines.view(id);
    if (machine) return machine;
    throw new LakewrightError('DASHBOARD_UNKNOWN', `there is no state machine "${id}"`, { hint: 'see / for all of them' });
  };
  server.get<{ Params: { id: string } }>('/machines/:id', async (request, reply) => {
    return page(reply, machinePage(nonceOf(reply), await view(request.params.id), await factsOf(options), now()));
  });
  server.get<{ Params: { id: string } }>('/machines/:id/content', async (request, reply) => {
    return page(reply, machineContent(await view(request.params.id), await factsOf(options), now()));
  });
  server.get('/api/machines', () => machines.list());
  server.get<{ Params: { id: string } }>('/api/machines/:id', (request) => view(request.params.id));
}

async function viewOf(options: DashboardServerOptions, id: string, now: Date) {
  const source = (await options.dashboards()).find((dashboard) => dashboard.id === id);
  if (!source) throw new LakewrightError('DASHBOARD_UNKNOWN', `there is no dashboard "${id}"`, { hint: 'see / for all of them' });
  const definition = readDefinition(source.name, source.definition);
  return renderDashboard({ id, name: source.name, definition }, options.query, now);
}

/** The head of a page must not hide its body: a status that cannot be had is a fact as well. */
async function factsOf({ status }: DashboardServerOptions): Promise<readonly StatusFact[]> {
  try {
    return (await status?.()) ?? [];
  } catch (error) {
    return [{ label: 'Status', value: `unknown: ${(error as Error).message}` }];
  }
}

const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Only this machine's own names are answered: a page elsewhere whose name is rebound to 127.0.0.1 is refused by its Host header.
 * Scripts come from this server alone, and nothing may be loaded from the network.
 */
function guard(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    const nonce = randomBytes(16).toString('base64');
    nonces.set(reply, nonce);
    reply.headers({
      'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    const name = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (!LOOPBACK_NAMES.has(name)) {
      throw new LakewrightError('DASHBOARD_HOST', `the host "${name}" is not served here`, {
        hint: 'open http://127.0.0.1 instead',
      });
    }
  });
  server.setErrorHandler((error, request, reply) => answerError(error as Error, request.url, reply));
  server.setNotFoundHandler((request, reply) =>
    answerError(new LakewrightError('DASHBOARD_UNKNOWN', `there is nothing at ${request.url}`), request.url, reply),
  );
}

const STATUS_CODES: Readonly<Record<string, number>> = { DASHBOARD_UNKNOWN: 404, DASHBOARD_HOST: 403 };

function answerError(error: Error, url: string, reply: FastifyReply): FastifyReply {
  const code = error instanceof LakewrightError ? error.code : 'DASHBOARD_FAILED';
  reply.code(STATUS_CODES[code] ?? 500);
  if (url.startsWith('/api/')) return reply.send({ error: { code, message: error.message } });
  return page(reply, messagePage(nonceOf(reply), reply.statusCode === 404 ? 'Not found' : 'This did not work', error.message));
}

const nonces = new WeakMap<FastifyReply, string>();

function nonceOf(reply: FastifyReply): string {
  return nonces.get(reply) ?? '';
}

function page(reply: FastifyReply, content: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(content);
}
