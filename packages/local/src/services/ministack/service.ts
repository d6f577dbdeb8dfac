import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { childEnvironment, pythonExecutable } from '@lakewright/config';
import { awsEndpoint, type LocalContext } from '../../context';
import { spawnDetached } from '../process';
import { requirePython } from '../python';
import type { ServiceDefinition, UncleanStop } from '../service';

/** State machines wait, and wait before they try again, for a twentieth of what they say: 20 s are one. */
const WAIT_SCALE = '0.05';

/** The folder in which ministack keeps everything. */
export function ministackData(context: Pick<LocalContext, 'paths'>): string {
  return join(context.paths.services, 'ministack', 'data');
}

/** Arguments of the launcher: where the services answer whose calls it hands on. */
export function delegatedPorts({ ports }: Pick<LocalContext, 'ports'>): string[] {
  return (['dms', 'glue', 'athena'] as const).flatMap((name) => [`--${name}-port`, String(ports[name])]);
}

/** The local AWS API behind our launcher (`launcher.py`, which says what it adds). */
export function ministackService(context: LocalContext): ServiceDefinition {
  const { endpoint, region } = awsEndpoint(context);
  const data = ministackData(context);
  return {
    name: 'ministack',
    title: 'AWS API',
    port: context.ports.aws,
    address: endpoint,
    // It reads the description of every object before it answers: 20 s for 100,000.
    startTimeoutMs: 300_000,
    patienceMs: 20_000,
    stopTimeoutMs: 15_000,
    start: (logFile) =>
      spawnDetached({
        command: requirePython(context.root),
        args: [
          join(context.root, 'packages/local/src/services/ministack/launcher.py'),
          ...['--port', String(context.ports.aws), '--data', data, '--region', region],
          ...delegatedPorts(context),
        ],
        cwd: context.root,
        env: handlerEnvironment(context.root),
        logFile,
      }),
    healthy: async () => {
      try {
        const response = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(1_000) });
        return response.ok;
      } catch {
        return false;
      }
    },
    uncleanStop: () => (existsSync(join(data, 'running')) ? uncleanStop(data) : undefined),
  };
}

function uncleanStop(data: string): UncleanStop {
  const lostAfter = lastCheckpoint(data);
  return {
    service: 'ministack',
    notice: `the AWS API was not stopped cleanly: S3 has lost nothing, other services may have lost what they acknowledged after ${lostAfter ?? 'their start'}`,
    lostAfter,
  };
}

/** ISO time of the last whole checkpoint; undefined when it was killed before the first. */
function lastCheckpoint(data: string): string | undefined {
  const file = join(data, 'checkpoint.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { at: string }).at : undefined;
}

/**
 * Lambda handlers inherit the server's environment, so it is only what a process needs: none of the user's own settings,
 * above all no cloud credentials. Handlers run on the npm package of Node 22 whatever Node runs Lakewright.
 */
function handlerEnvironment(root: string): NodeJS.ProcessEnv {
  const { PATH = '', HOME, LANG } = childEnvironment();
  const node22 = join(root, 'node_modules/node22/bin');
  return {
    PATH: [node22, dirname(pythonExecutable(root)), PATH].join(delimiter),
    HOME,
    LANG,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    LAMBDA_WARM_TTL_SECONDS: '10',
    SFN_WAIT_SCALE: WAIT_SCALE,
    PYTHONUNBUFFERED: '1',
  };
}
