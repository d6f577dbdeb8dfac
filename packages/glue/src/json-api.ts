import { createServer, type IncomingMessage } from 'node:http';
import { GlueFault } from './fault';

export { GlueFault } from './fault';

export type Action = (input: Record<string, unknown>) => object | Promise<object>;

export interface JsonApiOptions {
  /** On 127.0.0.1. */
  readonly port: number;
  /** What `X-Amz-Target` begins with: `AWSGlue`. */
  readonly target: string;
  readonly actions: Readonly<Record<string, Action>>;
}

export interface JsonApi {
  close(): Promise<void>;
}

const MOST_BYTES = 5_000_000;

/** Serves actions by the protocol AWS JSON 1.1 on loopback (Smithy documentation, "AWS JSON 1.1 protocol"). */
export async function startJsonApi({ port, target, actions }: JsonApiOptions): Promise<JsonApi> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    };
    respond(request, target, actions).then(
      (body) => answer(200, body),
      (error: unknown) => {
        const known = error instanceof GlueFault;
        const type = known ? error.type : 'InternalServiceException';
        answer(type === 'InternalServiceException' ? 500 : 400, { __type: type, message: (error as Error).message });
      },
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(request: IncomingMessage, target: string, actions: JsonApiOptions['actions']): Promise<object> {
  const [service, name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const action = service === target && Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action) throw new GlueFault('InvalidInputException', `${name || 'a request without an action'} is not served here`);
  const body = await readBody(request);
  let input: unknown;
  try {
    input = JSON.parse(body || '{}');
  } catch {
    throw new GlueFault('InvalidInputException', 'the request is not JSON');
  }
  return action(input as Record<string, unknown>);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new GlueFault('InvalidInputException', `the request is over ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
