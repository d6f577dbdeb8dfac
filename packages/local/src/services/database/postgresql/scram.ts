import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

const ITERATIONS = 4096;

/** What PostgreSQL keeps of a password: `SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>` (RFC 5803, and "pg_authid"). */
export function scramVerifier(password: string, salt = randomBytes(16), iterations = ITERATIONS): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${hmac('Server Key').toString('base64')}`;
}

/** Whether a verifier is one of a password. */
export function verifies(verifier: string | null, password: string): boolean {
  const [, iterations, salt] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(verifier ?? '') ?? [];
  if (!verifier || !iterations || !salt) return false;
  const own = scramVerifier(password, Buffer.from(salt, 'base64'), Number(iterations));
  return own.length === verifier.length && timingSafeEqual(Buffer.from(own), Buffer.from(verifier));
}
