// Reading zip archives (jars too). No dependencies: Terraform is unpacked with it before anything is installed.
import { inflateRawSync } from 'node:zlib';

const DEFLATED = 8;

/**
 * The files of a zip archive that are wanted, unpacked one at a time.
 * Format: APPNOTE.TXT of PKWARE, 4.3.12 (central directory) and 4.3.16 (its end).
 *
 * @param {Buffer} archive
 * @param {(name: string) => boolean} wanted
 * @returns {Generator<{ name: string, mode: number, content: Buffer }>}
 */
export function* entries(archive, wanted) {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let position = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => archive.readUInt16LE(position + offset));
    const name = archive.toString('utf8', position + 46, position + 46 + nameLength);
    if (!name.endsWith('/') && wanted(name)) {
      const header = archive.readUInt32LE(position + 42);
      const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
      const packed = archive.subarray(start, start + archive.readUInt32LE(position + 20));
      const content = archive.readUInt16LE(position + 10) === DEFLATED ? inflateRawSync(packed) : packed;
      yield { name, mode: (archive.readUInt32LE(position + 38) >>> 16) & 0o777, content };
    }
    position += 46 + nameLength + extraLength + commentLength;
  }
}
