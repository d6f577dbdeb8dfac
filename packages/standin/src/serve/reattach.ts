import { REGISTRY_HOSTS } from '../kit/kit';
import { openKit } from './kit-folder';
import { serveProvider } from './provider-server';

/**
 * Serves every stand-in of a kit until stdin ends, and prints what Terraform needs to attach to them as one line of JSON
 * (https://developer.hashicorp.com/terraform/plugin/debugging, TF_REATTACH_PROVIDERS).
 */
export async function serveReattached(folder: string): Promise<void> {
  const reattach: Record<string, object> = {};
  for (const [name, store] of Object.entries(openKit(folder))) {
    const { port } = await serveProvider({ store, name });
    const source = store.address.slice(store.address.indexOf('/') + 1);
    for (const host of REGISTRY_HOSTS) {
      reattach[`${host}/${source}`] = {
        Protocol: 'grpc',
        ProtocolVersion: 6,
        Pid: process.pid,
        // Terraform must not end a server that others use.
        Test: true,
        Addr: { Network: 'tcp', String: `127.0.0.1:${port}` },
      };
    }
  }
  process.stdin.on('end', () => process.exit(0)).resume();
  process.stdout.write(`${JSON.stringify(reattach)}\n`);
}
