import { ServerCredentials } from '@grpc/grpc-js';
// Not from the package's index: it would load the validation library into every start of a plugin.
import { childEnvironment } from '@lakewright/config/process-environment';
import { selfSignedCertificate } from '@lakewright/process';
import { openKit } from './kit-folder';
import { serveProvider } from './provider-server';

/** By this Terraform says that it is Terraform (hashicorp/terraform, internal/plugin/serve.go). */
const MAGIC_COOKIE = 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2';

/**
 * Runs as the plugin that Terraform started: serves with mutual TLS (Terraform's certificate comes in the environment, ours goes into
 * the handshake line) and ends when Terraform asks for it or is gone.
 *
 * @param plugin file name of the plugin, `terraform-provider-aws_v6.25.0`
 * @param kit folder of the kit
 * @throws Error when somebody else than Terraform starts it, or the kit has no such provider
 */
export async function servePlugin(plugin: string, kit: string): Promise<void> {
  const environment = childEnvironment();
  if (environment.TF_PLUGIN_MAGIC_COOKIE !== MAGIC_COOKIE) {
    throw new Error(`${plugin} is a plugin that Terraform starts itself: run terraform or cdktf in the stack's folder`);
  }
  const name = /^terraform-provider-(\w+?)_v/.exec(plugin)?.[1] ?? '';
  const store = openKit(kit)[name];
  if (!store) throw new Error(`the kit in ${kit} has no provider "${name}": prepare the stand-ins again`);
  endWithParent();
  const { credentials, certificate } = mutualTls(environment.PLUGIN_CLIENT_CERT);
  const { port } = await serveProvider({ store, name, credentials, onShutdown: () => setImmediate(() => process.exit(0)) });
  process.stdout.write(`1|6|tcp|127.0.0.1:${port}|grpc|${certificate}\n`);
}

/** Terraform before AutoMTLS sends no certificate; then there is no TLS at all. */
function mutualTls(clientCertificate: string | undefined): { credentials: ServerCredentials; certificate: string } {
  if (!clientCertificate) return { credentials: ServerCredentials.createInsecure(), certificate: '' };
  const { key, certificate, base64 } = selfSignedCertificate();
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(certificate) };
  return { credentials: ServerCredentials.createSsl(Buffer.from(clientCertificate), [pair], true), certificate: base64 };
}

/** Ctrl-C reaches the whole process group: Terraform decides when its plugins end. If it dies without a word, so does this. */
function endWithParent(): void {
  process.on('SIGINT', () => {});
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, 500).unref();
}
