import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import { pageHead, table } from './markdown';

interface Notice {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

const PYTHON_LOCK = 'tooling/python/lakehouse.lock';

/** The page of third-party packages, from both lock files; licences as the packages themselves state them. */
export function noticesPage(root: string): string {
  const npm = npmNotices(root);
  const python = pythonNotices(root);
  const section = (notices: readonly Notice[]) =>
    table(
      ['package', 'version', 'licence'],
      notices.map(({ name, version, licence }) => [name, version, licence]),
    );
  return [
    pageHead('Third-party notices', `package-lock.json and ${PYTHON_LOCK}`),
    'What Lakewright installs beside its own sources, also for tests and other platforms. Each package carries its licence text.',
    'Nothing of it is in this repository except what `packages/standin/src/generated` distils from the Terraform provider packages.',
    '',
    `## npm (${npm.length})`,
    '',
    section(npm),
    '',
    `## Python (${python.length})`,
    '',
    section(python),
    '',
  ].join('\n');
}

interface LockedPackage {
  readonly version?: string;
  readonly link?: boolean;
  readonly name?: string;
  readonly license?: string;
}

function npmNotices(root: string): Notice[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const notices = Object.entries(packages).flatMap(([path, locked]) => {
    if (!path.includes('node_modules/') || locked.link) return [];
    const name = locked.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    // npm copies it from the package itself, also for other platforms, whose packages are not installed here.
    if (!locked.license) throw unknownLicence(name);
    return [{ name, version: locked.version ?? '', licence: locked.license }];
  });
  return distinct(notices);
}

function pythonNotices(root: string): Notice[] {
  const lock = readFileSync(join(root, PYTHON_LOCK), 'utf8');
  const metadata = pythonMetadata(root);
  const notices = [...lock.matchAll(/^([A-Za-z0-9._-]+)==([^\s;\\]+)/gm)].map(([, name, version]) => {
    const licence = metadata.get(normalized(name!));
    if (!licence) throw unknownLicence(name!);
    return { name: name!, version: version!, licence };
  });
  return distinct(notices);
}

/** Licences of the installed distributions, by normalized name. */
function pythonMetadata(root: string): Map<string, string> {
  const lib = join(root, '.venv/lib');
  const licences = new Map<string, string>();
  for (const version of readdirSync(lib)) {
    const packages = join(lib, version, 'site-packages');
    for (const folder of readdirSync(packages).filter((name) => name.endsWith('.dist-info'))) {
      const file = join(packages, folder, 'METADATA');
      if (!existsSync(file)) continue;
      const [head = ''] = readFileSync(file, 'utf8').split('\n\n');
      const name = /^Name: (.+)$/m.exec(head)?.[1];
      const licence = statedLicence(head);
      if (name && licence) licences.set(normalized(name), licence);
    }
  }
  return licences;
}

/** The expression, else the classifiers, else the free text if it is one short line (packaging.python.org, core metadata). */
function statedLicence(head: string): string | undefined {
  const expression = /^License-Expression: (.+)$/m.exec(head)?.[1];
  if (expression) return expression.trim();
  const classifiers = [...head.matchAll(/^Classifier: License :: (?:OSI Approved :: )?(.+)$/gm)].map(([, name]) => name!.trim());
  if (classifiers.length > 0) return classifiers.join(', ');
  const text = /^License: (.{1,60})$/m.exec(head)?.[1];
  return text?.trim();
}

function normalized(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

function distinct(notices: readonly Notice[]): Notice[] {
  const byKey = new Map(notices.map((notice) => [`${notice.name} ${notice.version}`, notice]));
  return [...byKey.values()].sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

/** By code unit: the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function unknownLicence(name: string): LakewrightError {
  return new LakewrightError('DOCS_LICENCE', `the licence of ${name} is not known`, {
    hint: 'npm start installs every package; then npm run docs',
  });
}
