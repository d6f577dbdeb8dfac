import { InvokeCommand, type InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import { EXIT, LakewrightError, type SystemRun } from '@lakewright/config';
import { awsEndpoint, type LocalContext } from '../context';

export type LambdaRun = Extract<SystemRun, { kind: 'lambda' }>;
export type RunOptionValues = Readonly<Record<string, string | number | boolean>>;

const LOG_LINES = 20;

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

/**
 * Invokes a function and waits for its answer. Never tried twice: a generator that ran half-way must not run again by itself.
 *
 * @throws LakewrightError LOCAL_LAMBDA_MISSING, LOCAL_LAMBDA_FAILED with the handler's error and the end of its log
 */
export async function invoke(context: LocalContext, FunctionName: string, payload: unknown): Promise<unknown> {
  const lambda = new LambdaClient({ ...awsEndpoint(context), maxAttempts: 1 });
  try {
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(payload)), LogType: 'Tail' }),
    );
    if (answer.FunctionError) throw failure(FunctionName, answer);
    return parsed(answer);
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    throw new LakewrightError('LOCAL_LAMBDA_MISSING', `there is no function "${FunctionName}" in the local plane`, {
      hint: 'lakewright up deploys it',
      cause: error,
    });
  } finally {
    lambda.destroy();
  }
}

function parsed(answer: InvokeCommandOutput): unknown {
  const text = Buffer.from(answer.Payload ?? []).toString('utf8');
  return text === '' ? null : (JSON.parse(text) as unknown);
}

function failure(name: string, answer: InvokeCommandOutput): LakewrightError {
  const { errorType, errorMessage } = (parsed(answer) ?? {}) as { errorType?: string; errorMessage?: string };
  const log = Buffer.from(answer.LogResult ?? '', 'base64')
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .slice(-LOG_LINES)
    .join('\n');
  return new LakewrightError(
    'LOCAL_LAMBDA_FAILED',
    `${name} failed: ${errorType ?? answer.FunctionError}: ${errorMessage}\n${log}`.trimEnd(),
    {
      hint: `its whole log is the log group /aws/lambda/${name}`,
    },
  );
}
