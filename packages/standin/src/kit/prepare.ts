import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { derivedSchema } from '../derive/derived-schema';
import { PROVIDER_PACKAGES, type ProviderPackage, packageFacts } from '../derive/provider-package';
import { pluginFile, SHIM } from '../mirror/shim';
import { writeSchemaStore } from '../schema/schema-store';
import { bundleServer } from './bundle';
import type { StandinKit, StandinProvider } from './kit';

/** Folders of this package whose content decides what a derived schema looks like. */
const DERIVATION = ['derive', 'schema', 'protocol', 'generated'];

export interface PrepareOptions {
  /** Called while schemas are derived (only the first time, some seconds): a sentence, how many of all. */
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/**
 * Derives the schemas of the stand-in providers from the installed packages, bundles their server, and keeps both in the
 * project's cache, so that the next call only looks whether the code or the packages have changed. No network.
 *
 * @param root the checkout
 * @throws LakewrightError STANDIN_NO_PACKAGE (exit 3), STANDIN_NO_SOURCE_MAP
 */
export async function prepareStandins(root: string = projectRoot(), options: PrepareOptions = {}): Promise<StandinKit> {
  const folder = join(root, 'node_modules/.cache/lakewright/standin');
  const source = join(root, 'packages/standin/src');
  const derivation = hashOf(DERIVATION.map((name) => join(source, name)));
  const providers = PROVIDER_PACKAGES.map((provider) => prepareSchema(provider, root, folder, derivation, options));
  const server = join(folder, `server-${hashOf([source])}.cjs`);
  if (!existsSync(server)) await bundleServer(root, server);
  const kit: StandinKit = { root, folder, server, providers };
  preparePlugins(kit);
  removeOutdated(kit);
  return kit;
}

function prepareSchema(
  provider: ProviderPackage,
  root: string,
  folder: string,
  derivation: string,
  { onProgress }: PrepareOptions,
): StandinProvider {
  const { npmVersion, address, version } = packageFacts(provider, root);
  const schemaFolder = join(folder, `schema-${provider.name}-${npmVersion}-${derivation}`);
  if (!existsSync(schemaFolder)) {
    const what = `deriving the schema of ${provider.name} ${version}`;
    const schema = derivedSchema(provider, root, { onProgress: (done, total) => onProgress?.(what, done, total) });
    // Made aside and moved, so that whoever looks meanwhile sees all of it or nothing.
    const draft = `${schemaFolder}.${process.pid}`;
    writeSchemaStore(draft, schema);
    moveFolder(draft, schemaFolder);
  }
  return { name: provider.name, source: address.slice(address.indexOf('/') + 1), version, schemaFolder };
}

function moveFolder(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (cause) {
    rmSync(from, { recursive: true, force: true });
    // Somebody else has made the same meanwhile.
    if (!existsSync(to)) throw cause;
  }
}

/** The plugins that Terraform starts: constant shell scripts, and beside them what they need to know of this machine. */
function preparePlugins(kit: StandinKit): void {
  const plugins = join(kit.folder, 'plugins');
  mkdirSync(plugins, { recursive: true });
  for (const provider of kit.providers) {
    const file = join(plugins, pluginFile(provider));
    if (!existsSync(file) || readFileSync(file, 'utf8') !== SHIM) {
      replaceFile(file, SHIM);
      chmodSync(file, 0o755);
    }
  }
  const settings = {
    server: relative(kit.folder, kit.server),
    schemas: Object.fromEntries(kit.providers.map((it) => [it.name, relative(kit.folder, it.schemaFolder)])),
  };
  replaceFile(join(kit.folder, 'kit.json'), JSON.stringify(settings));
  replaceFile(join(kit.folder, 'node'), process.execPath);
  replaceFile(join(kit.folder, 'server'), relative(kit.folder, kit.server));
}

function replaceFile(file: string, content: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === content) return;
  writeFileSync(`${file}.${process.pid}`, content);
  renameSync(`${file}.${process.pid}`, file);
}

/** Schemas and servers of earlier code or packages. */
function removeOutdated(kit: StandinKit): void {
  const current = new Set([kit.server, ...kit.providers.map(({ schemaFolder }) => schemaFolder)]);
  for (const name of readdirSync(kit.folder)) {
    // Names that end in a process id are being made right now.
    if (!/^(schema|server)-/.test(name) || /\.\d+$/.test(name)) continue;
    if (!current.has(join(kit.folder, name))) rmSync(join(kit.folder, name), { recursive: true, force: true });
  }
}

function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true }).sort(byPath)) {
      if (entry.isFile()) hash.update(entry.name).update(readFileSync(join(entry.parentPath, entry.name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function byPath(a: { parentPath: string; name: string }, b: { parentPath: string; name: string }): number {
  return join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1;
}
