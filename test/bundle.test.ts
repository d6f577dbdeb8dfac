import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, bundleOf, type StackDocument } from '@lakewright/bundle';
import { systemsWithStack } from '@lakewright/config';
import { SynthesizedEnvironment } from './support/synthesized-environment';

/** Every system as a bundle: whole in itself, as far as it can be told without Databricks' own schema. */
let prod: SynthesizedEnvironment;
let stacks: StackDocument[];
beforeAll(async () => {
  prod = await SynthesizedEnvironment.of('prod');
  stacks = prod.stackNames.map((name) => ({
    name,
    folder: join(prod.folder, 'stacks', name),
    json: prod.stack(name) as StackDocument['json'],
  }));
});
afterAll(() => prod.remove());

/** Every text of a document. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

function at(bundle: Bundle, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((found, part) => (found as Record<string, unknown> | undefined)?.[part], bundle.document);
}

test('each system of production is a bundle whose files are in it and whose references lead somewhere', () => {
  expect(prod.environment.systems).toContain('listings');
  for (const system of systemsWithStack('databricks', prod.environment.systems)) {
    const bundle = bundleOf({ system, environment: prod.environment, stacks });
    const texts = textsOf(bundle.document);
    const paths = texts.filter((text) => text.startsWith('./'));
    expect(paths.length).toBeGreaterThan(0);
    const files = bundle.files.map(({ path }) => `./${path}`);
    expect(paths.filter((path) => !files.includes(path))).toEqual([]);
    for (const file of bundle.files) if ('source' in file) expect(existsSync(file.source)).toBe(true);

    const references = texts.flatMap((text) => [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, inner]) => inner!));
    const lost = references.filter((inner) => {
      const [root, section, key] = inner.split('.');
      if (root === 'var') return at(bundle, `variables.${section}`) === undefined;
      return root !== 'resources' || at(bundle, `resources.${section}.${key}`) === undefined;
    });
    expect(lost).toEqual([]);
    expect(Object.keys(at(bundle, 'resources.jobs') as object)).toContain(`${system}_job`);
  }
});
