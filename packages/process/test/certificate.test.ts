import { X509Certificate } from 'node:crypto';
import { connect, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { certificateAuthority, type KeyAndCertificate, selfSignedCertificate, serverCertificate } from '../src';

describe('certificates of this machine', () => {
  test('are read by others, whatever their length', () => {
    const lengths = new Set<number>();
    for (let count = 0; count < 60; count += 1) {
      const { certificate, base64 } = selfSignedCertificate();
      lengths.add(certificate.length);
      expect(new X509Certificate(certificate).raw.toString('base64')).toBe(base64.padEnd(Math.ceil(base64.length / 4) * 4, '='));
    }
    expect(lengths.size).toBeGreaterThan(1);
  });

  test('what an authority signed is trusted by who trusts it, under the names of this machine, and by nobody else', async () => {
    const authority = certificateAuthority('one');
    const served = serverCertificate(authority);
    expect(new X509Certificate(served.certificate)).toMatchObject({
      ca: false,
      subjectAltName: 'DNS:localhost, IP Address:127.0.0.1',
      issuer: 'CN=one',
    });
    expect(new X509Certificate(authority.certificate).ca).toBe(true);
    expect(await greeting(served, authority)).toBe('trusted');
    expect(await greeting(served, certificateAuthority('one'))).toMatch(/signature|CERT/i);
    expect(await greeting(served, certificateAuthority('two'))).toMatch(/UNABLE_TO_VERIFY/);
  });
});

/** What a client that trusts one authority says of a server: "trusted", or the code of its error. */
async function greeting({ key, certificate }: KeyAndCertificate, authority: KeyAndCertificate): Promise<string> {
  const server = createTlsServer({ key, cert: certificate });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const { port } = server.address() as { port: number };
  try {
    return await new Promise((resolve) => {
      const socket: TLSSocket = connect({ host: '127.0.0.1', port, ca: authority.certificate }, () => {
        socket.end();
        resolve(socket.authorized ? 'trusted' : 'not trusted');
      });
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  } finally {
    server.close();
  }
}
