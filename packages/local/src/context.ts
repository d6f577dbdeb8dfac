import {
  allocatePorts,
  type Environment,
  type LocalPaths,
  type LocalPorts,
  loadEnvironment,
  localPaths,
  projectRoot,
} from '@lakewright/config';

/** Everything the data plane works on: one clone, its home folder, its ports and the environment `local`. */
export interface LocalContext {
  /** The checkout, absolute. */
  readonly root: string;
  readonly environment: Environment;
  readonly paths: LocalPaths;
  readonly ports: LocalPorts;
}

export interface OpenLocalOptions {
  /** @default the checkout at or above the working directory */
  readonly root?: string;
  /** @default the environment `local` with every system */
  readonly environment?: Environment;
  /** Folder of the local plane. @default `.lakewright`, or LAKEWRIGHT_HOME */
  readonly paths?: LocalPaths;
  /** @default the ports allocated to this clone */
  readonly ports?: LocalPorts;
}

/** Opens the local plane of a clone; starts nothing. */
export async function openLocal(options: OpenLocalOptions = {}): Promise<LocalContext> {
  const root = options.root ?? projectRoot();
  const ports = options.ports ?? (await allocatePorts(root));
  return {
    root,
    ports,
    environment: options.environment ?? (await loadEnvironment({ name: 'local', ports })),
    paths: options.paths ?? localPaths(root),
  };
}

/** The AWS API of a clone: address, region and the keys that it takes (any would do: it listens on loopback only). */
export function awsEndpoint(context: Pick<LocalContext, 'ports' | 'environment'>) {
  return {
    endpoint: `http://127.0.0.1:${context.ports.aws}`,
    region: context.environment.aws.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
}
