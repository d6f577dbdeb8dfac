import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { projectRoot } from '@lakewright/config';
import type { SynthesizedStack } from './synth';

/** Where a stack's state is kept, as it was synthesized. */
export interface StateLocation {
  /** Terraform's name of the backend: `local`, `s3`, `cloud`. */
  readonly backend: string;
  /** A file, an address in S3, or the workspace's name. */
  readonly address: string;
  readonly encrypted: boolean;
  /** Whether two that deploy at once are kept apart; a local state is locked on its own machine. */
  readonly locked: boolean;
}

/** Reads it from the stack's JSON, so that what is told is what Terraform was given. */
export function stateLocation(stack: SynthesizedStack): StateLocation {
  const { terraform } = JSON.parse(readFileSync(join(stack.folder, 'cdk.tf.json'), 'utf8')) as { terraform: TerraformBlock };
  const { local, s3 } = terraform.backend ?? {};
  if (local) {
    const file = relative(projectRoot(), resolve(stack.folder, local.path));
    return { backend: 'local', address: file, encrypted: false, locked: true };
  }
  if (s3) {
    const address = `s3://${s3.bucket}/${s3.key}`;
    return { backend: 's3', address, encrypted: s3.encrypt === true, locked: s3.use_lockfile === true };
  }
  return { backend: 'cloud', address: terraform.cloud?.workspaces?.name ?? '', encrypted: true, locked: true };
}

interface TerraformBlock {
  readonly backend?: {
    readonly local?: { readonly path: string };
    readonly s3?: { readonly bucket: string; readonly key: string; readonly encrypt?: boolean; readonly use_lockfile?: boolean };
  };
  readonly cloud?: { readonly workspaces?: { readonly name?: string } };
}
