import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { LakewrightError } from '@lakewright/config';
import { Fault } from '../errors';
import type { ApiState } from './action';
import { ACTIONS } from './actions';

const PREFIX = 'AmazonDMSv20160101.';
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * The DMS API on 127.0.0.1: JSON 1.1 over POST, the action in `X-Amz-Target`, as the SDKs and the AWS CLI speak it. Signatures are not
 * checked: only this machine can reach it.
 *
 * @throws LakewrightError DMS_PORT when the port is taken
 */
export async function serveApi(port: number, state: ApiState): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(request, state).then(
      ({ status, body }) => send(response, status, body),
      (error: unknown) => send(response, 500, { __type: 'InternalFailure', message: (error as Error).message }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new LakewrightError('DMS_PORT', `the API of DMS cannot listen on 127.0.0.1:${port}: ${cause.message}`, { cause })),
    );
    server.listen({ host: '127.0.0.1', port }, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, state: ApiState): Promise<{ status: number; body: unknown }> {
  try {
    if (request.method !== 'POST') throw new Fault('ValidationException', 'the API takes POST');
    const target = String(request.headers['x-amz-target'] ?? '');
    const action = target.startsWith(PREFIX) ? ACTIONS[target.slice(PREFIX.length)] : undefined;
    if (!action)
      throw new Fault('ValidationException', `${target || 'a request without X-Amz-Target'} is not supported by the local DMS`);
    return { status: 200, body: await action(await readBody(request), state) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { status: 400, body: { __type: error.fault, message: error.message } };
  }
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes > MOST_BYTES) throw new Fault('ValidationException', 'the request is too large');
    parts.push(part as Buffer);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(parts).toString('utf8') || '{}');
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  } catch {
    // Falls through: it is not an object either way.
  }
  throw new Fault('ValidationException', 'the request is not a JSON object');
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
}
