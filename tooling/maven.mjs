// Artefacts from Maven Central, or from the server that LAKEWRIGHT_MAVEN_MIRROR names, each taken only with its checksum.
import { createHash } from 'node:crypto';

const MAVEN = 'https://repo1.maven.org/maven2';
const DOWNLOAD_MS = 300_000;

/**
 * @param {string} path within the repository
 * @param {string} checksum SHA-256, hexadecimal
 * @returns {Promise<Buffer>}
 * @throws Error naming the address: no server, no artefact, a wrong checksum
 */
export async function downloadArtefact(path, checksum) {
  const address = `${(process.env.LAKEWRIGHT_MAVEN_MIRROR || MAVEN).replace(/\/$/, '')}/${path}`;
  let content;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
    if (!response.ok) throw new Error(`it answers ${response.status}`);
    content = Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw new Error(
      `${address} cannot be had (${error.cause?.code ?? error.message}): LAKEWRIGHT_MAVEN_MIRROR names another server`,
    );
  }
  const found = createHash('sha256').update(content).digest('hex');
  if (found !== checksum) throw new Error(`${address} has the checksum ${found} instead of ${checksum} and was refused`);
  return content;
}
