import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { EXIT, LakewrightError } from '@lakewright/config';
import { awsClients } from '../aws/clients';
import { found } from '../aws/found';
import type { LocalContext } from '../context';

/**
 * The end of what a Lambda function wrote, oldest line first.
 *
 * @throws LakewrightError LOCAL_NO_LOG (exit 2) when no function of that name has written anything
 */
export async function functionLog(
  context: LocalContext,
  name: string,
  options: { readonly lines?: number } = {},
): Promise<string> {
  const aws = awsClients(context);
  try {
    const lines = await found(readLines(aws.logs, `/aws/lambda/${name}`));
    if (lines && lines.length > 0) return `${lines.slice(-(options.lines ?? 100)).join('\n')}\n`;
    throw new LakewrightError('LOCAL_NO_LOG', `no function "${name}" has written a log`, {
      hint: 'names are those of the Lambda functions: lakewright status',
      exitCode: EXIT.usage,
    });
  } finally {
    aws.close();
  }
}

async function readLines(client: ReturnType<typeof awsClients>['logs'], logGroupName: string): Promise<string[]> {
  const events: { timestamp?: number; message?: string }[] = [];
  for await (const page of paginateFilterLogEvents({ client }, { logGroupName })) events.push(...(page.events ?? []));
  events.sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
  return events.flatMap(({ message = '' }) => message.trimEnd().split('\n'));
}
