import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

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
    return run(process.execPath, [join(ROOT, 'packages/cli/bin/lakewright.mjs'), ...args], { LAKEWRIGHT_HOME: this.home });
  }

  ports(): { aws: number; engine: number; web: number } {
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

/** Runs a program in the checkout and collects what it prints. */
export function run(command: string, args: readonly string[], env: Record<string, string> = {}, cwd = ROOT): Promise<Ended> {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  return new Promise((resolveEnded, reject) => {
    child.on('error', reject).on('close', (code) => resolveEnded({ code, stdout, stderr }));
  });
}
