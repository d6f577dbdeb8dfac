import { createHash } from 'node:crypto';
import type { StandinProvider } from '../kit/kit';
import { REGISTRY_HOSTS } from '../kit/kit';
import { pluginFile, SHIM } from './shim';

/**
 * A dependency lock file for stand-ins (https://developer.hashicorp.com/terraform/language/files/dependency-lock).
 *
 * @param providers with the version constraint of the stack that requires them
 */
export function lockFile(providers: readonly (StandinProvider & { constraint: string })[]): string {
  const sorted = [...providers].sort((a, b) => (a.source < b.source ? -1 : 1));
  const entries = sorted.map(
    (provider) => `provider "${REGISTRY_HOSTS[0]}/${provider.source}" {
  version     = "${provider.version}"
  constraints = "${provider.constraint}"
  hashes = [
    "${packageHash(pluginFile(provider), SHIM)}",
  ]
}
`,
  );
  return `# This file is maintained by Lakewright: it pins stand-in providers, never the real ones.\n\n${entries.join('\n')}`;
}

/**
 * Terraform's `h1:` hash of a provider package that holds one file: SHA-256 over the lines `<sha256 of the file>  <name>`
 * (golang.org/x/mod/sumdb/dirhash, Hash1).
 */
export function packageHash(name: string, content: string): string {
  const file = createHash('sha256').update(content).digest('hex');
  return `h1:${createHash('sha256').update(`${file}  ${name}\n`).digest('base64')}`;
}
