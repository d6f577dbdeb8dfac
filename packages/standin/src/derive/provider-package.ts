import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EXIT, LakewrightError } from '@lakewright/config';
import type { ProviderSchema, Schema } from '../schema/schema';
import { constructSchema, type ObjectStyle } from './construct-schema';
import { readDeclarations } from './declarations';
import { constructSource } from './source-text';

/** A provider whose schema is derived from an npm package. */
export interface ProviderPackage {
  /** Terraform's local name. */
  readonly name: 'aws' | 'databricks';
  readonly npmPackage: string;
  /** AWS still types objects in attributes as plain objects; Databricks' newer resources use nested attributes. */
  readonly objectStyle: ObjectStyle;
}

export const PROVIDER_PACKAGES: readonly ProviderPackage[] = [
  { name: 'aws', npmPackage: '@cdktf/provider-aws', objectStyle: 'object' },
  { name: 'databricks', npmPackage: '@cdktf/provider-databricks', objectStyle: 'nested_type' },
];

/** What a package says of itself: where it is, its npm version, the provider's address and version. */
export interface PackageFacts {
  readonly folder: string;
  readonly npmVersion: string;
  /** `registry.terraform.io/hashicorp/aws` */
  readonly address: string;
  readonly version: string;
}

/**
 * @param root the checkout, from where the package is resolved
 * @throws LakewrightError STANDIN_NO_PACKAGE (exit 3) when it is not installed
 */
export function packageFacts(provider: ProviderPackage, root: string): PackageFacts {
  const file = findPackageJson(provider.npmPackage, root);
  const content = JSON.parse(readFileSync(file, 'utf8')) as {
    version: string;
    cdktf: { provider: { name: string; version: string } };
  };
  return {
    folder: dirname(file),
    npmVersion: content.version,
    address: content.cdktf.provider.name,
    version: content.cdktf.provider.version,
  };
}

function findPackageJson(npmPackage: string, root: string): string {
  // Constructs own the dependency; npm may have put it below them or at the top.
  const anchors = [join(root, 'packages/constructs/package.json'), join(root, 'package.json')].filter(existsSync);
  for (const anchor of anchors) {
    try {
      return createRequire(anchor).resolve(`${npmPackage}/package.json`);
    } catch {
      // not installed there: the next anchor
    }
  }
  throw new LakewrightError('STANDIN_NO_PACKAGE', `${npmPackage} is not installed below ${root}`, {
    hint: 'npm ci',
    exitCode: EXIT.missing,
  });
}

/**
 * The schema of a provider, derived from its npm package: no network, some seconds for AWS.
 *
 * @param onProgress called after every construct with how many of all are done
 */
export function deriveProviderSchema(
  provider: ProviderPackage,
  facts: PackageFacts,
  onProgress: (done: number, total: number) => void = () => {},
): ProviderSchema {
  const lib = join(facts.folder, 'lib');
  const folders = readdirSync(lib, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const schema: ProviderSchema = {
    address: facts.address,
    version: facts.version,
    provider: {},
    resources: {},
    dataSources: {},
  };
  folders.forEach((folder, index) => {
    addConstruct(schema, constructSource(join(lib, folder.name)), provider.objectStyle);
    onProgress(index + 1, folders.length);
  });
  return schema;
}

function addConstruct(schema: ProviderSchema, source: string, style: ObjectStyle): void {
  const declarations = readDeclarations(source);
  const made: Schema = constructSchema(declarations, style);
  const type = declarations.terraformType ?? '';
  if (declarations.kind === 'resource') schema.resources[type] = made;
  else if (declarations.kind === 'data') schema.dataSources[type] = made;
  else if (declarations.kind === 'provider') schema.provider = made;
}
