import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificateAuthority, type KeyAndCertificate, serverCertificate } from '@lakewright/process';
import type { LocalContext } from '../../context';

/**
 * The certificate of this clone's authority, made when first asked for: what the bundle of RDS's authorities is in the cloud. Servers of
 * this clone have certificates that it signed, and nothing else trusts it.
 *
 * @returns its file
 */
export function authorityFile(context: Pick<LocalContext, 'paths'>): string {
  const { certificate } = files(context);
  if (!existsSync(certificate)) makeAuthority(context);
  return certificate;
}

/**
 * Writes a new certificate for a server of this machine, and its key, which only this user can read.
 *
 * @returns the files
 */
export function issueCertificate(
  context: Pick<LocalContext, 'paths'>,
  folder: string,
): { readonly key: string; readonly certificate: string } {
  const certificate = authorityFile(context);
  const authority = { key: readFileSync(files(context).key, 'utf8'), certificate: readFileSync(certificate, 'utf8') };
  return write(folder, 'server', serverCertificate(authority));
}

function makeAuthority(context: Pick<LocalContext, 'paths'>): void {
  write(folderOf(context), 'ca', certificateAuthority('lakewright local'));
}

/** The key first: who finds the certificate finds its key. */
function write(folder: string, name: string, made: KeyAndCertificate) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = join(folder, `${name}-key.pem`);
  const certificate = join(folder, `${name}.pem`);
  for (const [file, text] of [[key, made.key] as const, [certificate, made.certificate] as const]) {
    writeFileSync(`${file}.draft`, text, { mode: 0o600 });
    renameSync(`${file}.draft`, file);
  }
  return { key, certificate };
}

function files(context: Pick<LocalContext, 'paths'>) {
  const folder = folderOf(context);
  return { key: join(folder, 'ca-key.pem'), certificate: join(folder, 'ca.pem') };
}

function folderOf({ paths }: Pick<LocalContext, 'paths'>): string {
  return join(paths.services, 'tls');
}
