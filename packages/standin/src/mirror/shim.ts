import type { StandinProvider } from '../kit/kit';

/**
 * The "binary" that Terraform starts: constant, so that its hash in the lock file is the same on every machine.
 * It follows the links from a stack's folder to its own place in the project's cache, where `node` and `server` say how to start.
 * POSIX only: `readlink` without options exists on Linux and macOS alike.
 */
export const SHIM = `#!/bin/sh
# A stand-in for a Terraform provider: starts Lakewright's provider server on Node.
self=$0
while [ -L "$self" ]; do
  target=$(readlink "$self")
  case $target in
    /*) self=$target ;;
    *) self=$(dirname "$self")/$target ;;
  esac
done
plugin=$(basename "$self")
kit=$(cd -P "$(dirname "$self")/.." && pwd)
node=$(cat "$kit/node")
[ -x "$node" ] || node=node
exec "$node" "$kit/$(cat "$kit/server")" plugin "$plugin" "$kit"
`;

/** Terraform finds a plugin by this file name. */
export function pluginFile(provider: Pick<StandinProvider, 'name' | 'version'>): string {
  return `terraform-provider-${provider.name}_v${provider.version}`;
}
