import { InvokeCommand, type InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import { LakewrightError } from '@lakewright/config';
import { awsEndpoint, type LocalContext } from '../context';

const LOG_LINES = 20;

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
      hint: `its whole log: lakewright logs ${name}`,
    },
  );
}
