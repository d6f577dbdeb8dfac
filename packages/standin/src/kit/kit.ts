import type { ProviderPackage } from '../derive/provider-package';

/** A stand-in ready to be linked into a stack or served. */
export interface StandinProvider {
  readonly name: ProviderPackage['name'];
  /** `hashicorp/aws`: the address without its host. */
  readonly source: string;
  readonly version: string;
  /** Folder of its derived schema. */
  readonly schemaFolder: string;
}

/** Everything `linkStandins` and `startStandins` need: made by `prepareStandins`, kept in the project's cache. */
export interface StandinKit {
  readonly root: string;
  /** The cache folder; what is in it can be made again at any time. */
  readonly folder: string;
  /** The bundled server, run by Node alone. */
  readonly server: string;
  readonly providers: readonly StandinProvider[];
}

/** Hosts under which Terraform (the first) and OpenTofu look for a provider that is named without a host. */
export const REGISTRY_HOSTS = ['registry.terraform.io', 'registry.opentofu.org'] as const;
