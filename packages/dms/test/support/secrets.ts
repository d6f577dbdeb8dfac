import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Secrets Manager with the secrets of a test: GetSecretValue and nothing else. */
export async function startSecrets(secrets: Record<string, unknown>): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const value = secrets[(JSON.parse(body) as { SecretId: string }).SecretId];
      response.writeHead(value ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(
        JSON.stringify(
          value ? { SecretString: JSON.stringify(value) } : { __type: 'ResourceNotFoundException', message: 'no such secret' },
        ),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
