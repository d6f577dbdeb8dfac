import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LakewrightError, taskEnvironment } from '@lakewright/config';
import type { PythonAction, TaskExecution, TaskOutput } from '@lakewright/jobs';
import { sendSignal } from '@lakewright/process';
import { authorizePath } from '../catalog/authorize-path';
import type { LocalContext } from '../context';
import { volumeFolder } from '../lake/volumes';
import { requirePython } from '../services/python';
import { workspaceFile } from '../workspace/files';

/** Time in which a process that is to end may clean up. */
const GRACE_MS = 2_000;
/** Lines of the log that an error quotes. */
const LAST_LINES = 15;

/**
 * Runs the deployed file with the project's Python, in a process group of its own that ends with the attempt. Of this process's
 * environment it gets what a program needs and nothing else; what it prints goes to the log of the task.
 *
 * @throws LakewrightError LOCAL_PYTHON_TASK with the end of what it printed; LOCAL_NO_PYTHON; what `volumeFolder` and `authorizePath` throw
 */
export async function runPythonTask(context: LocalContext, action: PythonAction, execution: TaskExecution): Promise<TaskOutput> {
  const python = requirePython(context.root);
  const file = workspaceFile(context.paths, action.file);
  const parameters = action.parameters.map((parameter) => withVolume(context, parameter, execution.runAs));
  const exchange = mkdtempSync(join(tmpdir(), 'lakewright-task-'));
  const logged = existsSync(execution.logFile) ? statSync(execution.logFile).size : 0;
  try {
    writeFileSync(join(exchange, 'upstream.json'), JSON.stringify(execution.values));
    const launcher = join(context.root, 'packages/local/src/jobs/python/run_task.py');
    // Isolated: neither PYTHON* variables nor packages of the user's home; unbuffered, so that the log is live.
    const args = ['-I', '-B', '-u', '-X', 'utf8', launcher, file, ...parameters];
    const code = await ended(python, args, dirname(file), taskEnvironment({ LAKEWRIGHT_TASK: exchange }), execution);
    execution.signal.throwIfAborted();
    if (code !== 0) throw failure(action, code, readFileSync(execution.logFile).subarray(logged).toString('utf8'));
    const values = valuesSet(join(exchange, 'values.jsonl'));
    return Object.keys(values).length > 0 ? { values } : {};
  } finally {
    rmSync(exchange, { recursive: true, force: true });
  }
}

/**
 * `/Volumes/...`, also behind the name of an option, as it lies on this machine. The process gets the folder itself, and nothing could stop
 * it from writing there: whom it runs as needs both privileges, also when it only reads.
 */
function withVolume(context: LocalContext, parameter: string, principal: string | undefined): string {
  const match = /^([^/]*=)?(\/Volumes\/.*)$/s.exec(parameter);
  if (!match) return parameter;
  const path = match[2]!;
  for (const what of ['read', 'write'] as const) authorizePath(context, principal, path, what);
  return `${match[1] ?? ''}${volumeFolder(context, path)}`;
}

/** Waits for the end of the process, or makes it; either way nothing of its group is left. @returns its exit code, or its signal */
async function ended(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  { logFile, signal }: TaskExecution,
): Promise<number | string | null> {
  const log = openSync(logFile, 'a');
  // The pipe closes with this process, however it ends; run_task.py takes that as its own end.
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['pipe', log, log] });
  closeSync(log);
  child.stdin?.on('error', () => {});
  const exit = new Promise<number | string | null>((resolve, reject) => {
    child.once('exit', (code, name) => resolve(code ?? name));
    child.once('error', reject);
  });
  let patience: NodeJS.Timeout | undefined;
  const stop = () => {
    signalGroup(child, 'SIGTERM');
    patience = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await exit;
  } finally {
    clearTimeout(patience);
    signal.removeEventListener('abort', stop);
    signalGroup(child, 'SIGKILL');
  }
}

function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid !== undefined) sendSignal(-pid, name);
}

function valuesSet(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return Object.fromEntries(
    lines.map((line) => {
      const { key, value } = JSON.parse(line) as { key: string; value: unknown };
      return [key, value];
    }),
  );
}

function failure({ file }: PythonAction, code: number | string | null, said: string): LakewrightError {
  const lines = said.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  const how = typeof code === 'number' ? `ended with exit code ${code}` : `was ended by ${code}`;
  return new LakewrightError('LOCAL_PYTHON_TASK', `${file} ${how}${lines ? `:\n${lines}` : ''}`, {
    hint: 'the whole of what it printed: lakewright logs <job>/<task>',
  });
}
