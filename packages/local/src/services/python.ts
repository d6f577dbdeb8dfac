import { existsSync } from 'node:fs';
import { EXIT, LakewrightError, pythonExecutable } from '@lakewright/config';

/**
 * The project's Python, which two of the services run on.
 *
 * @throws LakewrightError LOCAL_NO_PYTHON (exit 3)
 */
export function requirePython(root: string): string {
  const python = pythonExecutable(root);
  if (existsSync(python)) return python;
  throw new LakewrightError('LOCAL_NO_PYTHON', `the Python environment of the project is missing (${python})`, {
    hint: 'node tooling/bootstrap.mjs makes it; it needs Python 3.11 or later on PATH',
    exitCode: EXIT.missing,
  });
}
