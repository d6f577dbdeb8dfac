import { createPrivateKey, createSign, generateKeyPairSync, type KeyObject, randomBytes, X509Certificate } from 'node:crypto';

/** A key and a certificate in PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** With the certificate in base64 DER, as Terraform's handshake wants it. */
export interface ServerCertificate extends KeyAndCertificate {
  readonly base64: string;
}

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3_650;
/** Longer than any service runs; they get a new one at each start. */
const SERVER_DAYS = 825;

/**
 * A certificate for `localhost` on the curve P-256, valid for a day, that signs itself, so that a client may take it as its only authority.
 * Written out in DER here because a certificate library costs 0.4 s to load (selfsigned 5.5, measured), at every start of a provider.
 */
export function selfSignedCertificate(): ServerCertificate {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = { name: 'localhost', key: pair.privateKey };
  const der = issue({ name: 'localhost', publicKey: pair.publicKey, days: 1, authority: true, serves: true }, signer);
  // Go's decoder wants base64 without padding.
  return { ...inPem(der, pair.privateKey), base64: der.toString('base64').replace(/=+$/, '') };
}

/** An authority of its own, valid for ten years: whoever trusts its certificate trusts what `serverCertificate` makes with its key. */
export function certificateAuthority(name: string): KeyAndCertificate {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = { name, key: pair.privateKey };
  const der = issue({ name, publicKey: pair.publicKey, days: AUTHORITY_DAYS, authority: true, serves: false }, signer);
  return inPem(der, pair.privateKey);
}

/** A certificate for `localhost` and 127.0.0.1, signed by an authority of `certificateAuthority`. */
export function serverCertificate(authority: KeyAndCertificate): KeyAndCertificate {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = /CN=(.+)/.exec(new X509Certificate(authority.certificate).subject)?.[1] ?? '';
  const signer = { name, key: createPrivateKey(authority.key) };
  const subject = { name: 'localhost', publicKey: pair.publicKey, days: SERVER_DAYS, authority: false, serves: true };
  return inPem(issue(subject, signer), pair.privateKey);
}

interface Subject {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly days: number;
  /** May sign certificates. */
  readonly authority: boolean;
  /** Is for a server of this machine. */
  readonly serves: boolean;
}

function inPem(der: Buffer, key: KeyObject): KeyAndCertificate {
  // No empty line at the end, which would end a header in the format.
  const lines = der
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n');
  return {
    key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

function issue(subject: Subject, signer: { readonly name: string; readonly key: KeyObject }): Buffer {
  const body = toBeSigned(subject, signer.name);
  const signature = createSign('sha256').update(body).sign(signer.key);
  return sequence(body, ECDSA_WITH_SHA256, bitString(signature));
}

/** RFC 5280, TBSCertificate. */
function toBeSigned({ name, publicKey, days, authority, serves }: Subject, issuer: string): Buffer {
  const now = Date.now();
  const extensions = [...(authority ? [basicConstraints()] : []), ...(serves ? [subjectAlternativeName()] : [])];
  return sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer),
    sequence(time(now - 3_600_000), time(now + days * DAY_MS)),
    distinguishedName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions)),
  );
}

function distinguishedName(name: string): Buffer {
  return sequence(tlv(0x31, sequence(COMMON_NAME, tlv(0x0c, Buffer.from(name)))));
}

/** It may sign certificates. */
function basicConstraints(): Buffer {
  return sequence(BASIC_CONSTRAINTS, tlv(0x01, Buffer.from([0xff])), tlv(0x04, sequence(tlv(0x01, Buffer.from([0xff])))));
}

function subjectAlternativeName(): Buffer {
  const names = sequence(tlv(0x82, Buffer.from('localhost')), tlv(0x87, Buffer.from([127, 0, 0, 1])));
  return sequence(SUBJECT_ALTERNATIVE_NAME, tlv(0x04, names));
}

const ECDSA_WITH_SHA256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex');
const SUBJECT_ALTERNATIVE_NAME = Buffer.from('0603551d11', 'hex');

function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  return tlv(0x18, Buffer.from(`${text}Z`));
}

function bitString(content: Buffer): Buffer {
  return tlv(0x03, Buffer.concat([Buffer.from([0]), content]));
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

/** Tag, length, value. */
function tlv(tag: number, value: Buffer): Buffer {
  const size = value.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}
