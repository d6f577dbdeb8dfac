import { type handleUnaryCall, Server, ServerCredentials, type ServiceDefinition, status } from '@grpc/grpc-js';
import type { SchemaStore } from '../schema/schema-store';
import { type Handler, providerHandlers } from './handlers';
import { Session } from './session';

export interface ServeOptions {
  readonly store: SchemaStore;
  /** `aws` */
  readonly name: string;
  readonly credentials?: ServerCredentials;
  /** Terraform asks the plugin to end. */
  readonly onShutdown?: () => void;
}

/** Every method that Terraform may call; those without a handler answer UNIMPLEMENTED. */
const PREFIX = '/tfplugin6.Provider/';

/**
 * Serves a stand-in provider on a free loopback port.
 *
 * @returns the server and its port on 127.0.0.1
 */
export async function serveProvider(options: ServeOptions): Promise<{ server: Server; port: number }> {
  const server = new Server({ 'grpc.max_receive_message_length': 64 << 20, 'grpc.max_send_message_length': 64 << 20 });
  const handlers = Object.entries(providerHandlers(options.store));
  const sessions = new Sessions(options.name);
  server.addService(
    serviceOf(
      PREFIX,
      handlers.map(([name]) => name),
    ),
    Object.fromEntries(handlers.map(([name, handler]) => [name, unary(handler, sessions)])),
  );
  addController(server, options.onShutdown);
  const credentials = options.credentials ?? ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (problem, bound) => (problem ? reject(problem) : resolve(bound)));
  });
  return { server, port };
}

/**
 * Terraform opens one connection per configured provider, so the peer's address tells them apart when several run at once
 * against one server. Connections are not announced as closed: the oldest are forgotten.
 */
class Sessions {
  private readonly byPeer = new Map<string, Session>();

  constructor(private readonly provider: string) {}

  of(peer: string): Session {
    const known = this.byPeer.get(peer);
    if (known) return known;
    const session = new Session(this.provider);
    this.byPeer.set(peer, session);
    if (this.byPeer.size > 256) {
      for (const oldest of this.byPeer.keys()) {
        this.byPeer.delete(oldest);
        break;
      }
    }
    return session;
  }
}

function unary(handler: Handler, sessions: Sessions): handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    try {
      callback(null, handler(call.request, sessions.of(call.getPeer())));
    } catch (cause) {
      callback({
        code: status.INTERNAL,
        details: `stand-in provider: ${cause instanceof Error ? cause.message : String(cause)}`,
      });
    }
  };
}

/** How Terraform ends a plugin (hashicorp/go-plugin, GRPCController). */
function addController(server: Server, onShutdown: (() => void) | undefined): void {
  server.addService(serviceOf('/plugin.GRPCController/', ['Shutdown']), {
    Shutdown: ((_call, callback) => {
      callback(null, Buffer.alloc(0));
      onShutdown?.();
    }) as handleUnaryCall<Buffer, Buffer>,
  });
}

function serviceOf(prefix: string, methods: readonly string[]): ServiceDefinition {
  const bytes = (value: Buffer) => value;
  return Object.fromEntries(
    methods.map((name) => [
      name,
      {
        path: `${prefix}${name}`,
        requestStream: false,
        responseStream: false,
        requestSerialize: bytes,
        requestDeserialize: bytes,
        responseSerialize: bytes,
        responseDeserialize: bytes,
      },
    ]),
  );
}
