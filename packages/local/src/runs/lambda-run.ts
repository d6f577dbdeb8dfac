import { EXIT, LakewrightError, type SystemRun } from '@lakewright/config';

export type LambdaRun = Extract<SystemRun, { kind: 'lambda' }>;
export type RunOptionValues = Readonly<Record<string, string | number | boolean>>;

/**
 * The payload of a run: the manifest's, with the options given in place of the defaults, and the run's id where it goes. Text becomes the
 * type of the default.
 *
 * @throws LakewrightError LOCAL_RUN_OPTION (exit 2) for an option that the run does not take, or of the wrong type
 */
export function payloadOf(run: LambdaRun, options: RunOptionValues = {}, runId?: string): Record<string, unknown> {
  const payload: Record<string, unknown> = { ...run.payload, ...(run.runIdField && runId ? { [run.runIdField]: runId } : {}) };
  for (const [name, value] of Object.entries(options)) {
    if (!run.options.includes(name)) {
      throw optionError(`this run takes no option "${name}"`, `it takes: ${run.options.join(', ') || 'none'}`);
    }
    payload[name] = typed(name, value, run.payload[name]);
  }
  return payload;
}

function typed(name: string, value: string | number | boolean, example: unknown): unknown {
  if (typeof value === typeof example) return value;
  if (typeof example === 'number') {
    const number = Number(value);
    if (String(value).trim() !== '' && Number.isFinite(number)) return number;
  } else if (typeof example === 'boolean') {
    if (value === 'true' || value === 'false') return value === 'true';
  } else if (typeof example === 'string') {
    return String(value);
  }
  throw optionError(
    `option "${name}" must be a ${typeof example} (got ${JSON.stringify(value)})`,
    `its default is ${JSON.stringify(example)}`,
  );
}

function optionError(message: string, hint: string): LakewrightError {
  return new LakewrightError('LOCAL_RUN_OPTION', message, { hint, exitCode: EXIT.usage });
}
