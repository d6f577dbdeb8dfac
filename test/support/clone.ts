import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';

const ROOT = projectRoot();

/** What a command printed and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A local plane of its own: its ports, states, services and tables lie in a temporary home. */
export class LocalPlane {
  readonly home = mkdtempSync(join(tmpdir(), 'lakewright-e2e-'));

  /** Runs `lakewright ...` as a user would, against this home. */
  lakewright(...args: string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  /** The same, for somebody who wants to kill it. */
  start(...args: string[]): Started {
    return start(process.execPath, [join(ROOT, 'packages/cli/bin/lakewright.mjs'), ...args], { LAKEWRIGHT_HOME: this.home });
  }

  /** The process id of a service; undefined when none is on record. */
  servicePid(service: string): number | undefined {
    try {
      return JSON.parse(readFileSync(join(this.home, 'services', service, 'process.json'), 'utf8')).pid;
    } catch {
      return undefined;
    }
  }

  ports(): { aws: number; engine: number; web: number; mysql: number } {
    return JSON.parse(readFileSync(join(this.home, 'ports.json'), 'utf8'));
  }

  /** Rows of a query through the command line. */
  async rows<T>(query: string): Promise<T[]> {
    const ended = await this.lakewright('sql', query, '--format', 'json');
    if (ended.code !== 0) throw new Error(ended.stderr);
    return JSON.parse(ended.stdout) as T[];
  }

  async remove(): Promise<void> {
    await this.lakewright('down', '--purge');
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** A program under way. */
export interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
}

/** Runs a program in the checkout and collects what it prints. */
export function run(command: string, args: readonly string[], env: Record<string, string> = {}, cwd = ROOT): Promise<Ended> {
  return start(command, args, env, cwd).ended;
}

/** Starts a program in the checkout; `ended` resolves with what it printed, whoever ended it. */
export function start(command: string, args: readonly string[], env: Record<string, string> = {}, cwd = ROOT): Started {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolveEnded, reject) => {
    child.on('error', reject).on('close', (code) => resolveEnded({ code, stdout, stderr }));
  });
  return { pid: child.pid!, ended };
}
