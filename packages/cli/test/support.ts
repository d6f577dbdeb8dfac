import { runProgram } from '../src/program';

/** Runs a command line in this process, in an environment of its own: exit code and what went to which stream. */
export async function captured(args: readonly string[], env: Record<string, string> = {}) {
  const output = { stdout: '', stderr: '' };
  const before = { ...process.env };
  const streams = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((chunk) => {
      output[name] += String(chunk);
      return true;
    }),
  );
  Object.assign(process.env, env);
  try {
    return { code: await runProgram(args), ...output };
  } finally {
    process.env = before;
    for (const stream of streams) stream.mockRestore();
  }
}
