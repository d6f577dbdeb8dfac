import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { childEnvironment, LakewrightError } from '@lakewright/config';
import type { StandinKit } from '../kit/kit';

export interface RunningStandins {
  /** For the environment of `terraform`: it attaches to the running servers and needs neither mirror nor lock file. */
  readonly env: { readonly TF_REATTACH_PROVIDERS: string };
  /** Ends the servers. They also end with this process. */
  stop(): Promise<void>;
}

/**
 * Starts one process that serves all stand-ins on loopback ports. The faster way for many Terraform commands: no process,
 * TLS or schema to load a call. A process of its own, so that it answers while the caller waits for Terraform.
 *
 * @throws LakewrightError STANDIN_START with what the server wrote when it did not come up
 */
export async function startStandins(kit: StandinKit): Promise<RunningStandins> {
  const child = spawn(process.execPath, [kit.server, 'reattach', kit.folder], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: childEnvironment({ NODE_OPTIONS: undefined }),
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString('utf8');
  });
  const line = await firstLine(child.stdout, ended);
  if (line === undefined) {
    throw new LakewrightError('STANDIN_START', `the stand-in providers did not start: ${complaints.trim() || 'no message'}`, {
      hint: `remove ${kit.folder} and try again`,
    });
  }
  return {
    env: { TF_REATTACH_PROVIDERS: line },
    stop: async () => {
      // The server reads its stdin only to notice that nobody holds it any more.
      child.stdin.end();
      await ended;
    },
  };
}

async function firstLine(stream: NodeJS.ReadableStream, ended: Promise<void>): Promise<string | undefined> {
  const lines = createInterface({ input: stream });
  return Promise.race([new Promise<string>((resolve) => lines.once('line', resolve)), ended.then(() => undefined)]);
}
