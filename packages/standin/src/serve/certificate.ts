import { createPrivateKey, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

/** A key and its self-signed certificate, in PEM, and the certificate in base64 DER as Terraform's handshake wants it. */
export interface ServerCertificate {
  readonly key: string;
  readonly certificate: string;
  readonly base64: string;
}

/**
 * A certificate for `localhost` on the curve P-256, valid for a day. Written out in DER here because a certificate library costs
 * 0.4 s to load (selfsigned 5.5, measured), at every start of a provider.
 */
export function selfSignedCertificate(): ServerCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const body = toBeSigned(publicKey.export({ type: 'spki', format: 'der' }));
  const signature = createSign('sha256').update(body).sign(createPrivateKey(key));
  const der = sequence(body, ECDSA_WITH_SHA256, bitString(signature));
  const base64 = der.toString('base64');
  const certificate = `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  // Go's decoder wants base64 without padding.
  return { key, certificate, base64: base64.replace(/=+$/, '') };
}

/** RFC 5280, TBSCertificate. */
function toBeSigned(publicKey: Buffer): Buffer {
  const name = sequence(tlv(0x31, sequence(COMMON_NAME, tlv(0x0c, Buffer.from('localhost')))));
  const now = Date.now();
  const validity = sequence(time(now - 3_600_000), time(now + 86_400_000));
  return sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    name,
    validity,
    name,
    publicKey,
    tlv(0xa3, sequence(basicConstraints(), subjectAlternativeName())),
  );
}

/** The certificate signs itself, so that a client may take it as its only authority. */
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
