import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { EXIT, projectRoot } from '@lakewright/config';
import { derivedSchema } from '../derive/derived-schema';
import { PROVIDER_PACKAGES, type ProviderPackage } from '../derive/provider-package';
import type { Schema } from '../schema/schema';
import { type Comparison, compareSchemas } from './compare';
import { distil } from './distil';

const USAGE = `usage: node tooling/run.mjs packages/standin/src/report/main.ts [--json] [--derived] [--distil] [--details] <facts.json.gz>...

How far the stand-ins' schemas are from the facts of the real ones.
  --derived   measure what the npm packages alone give, without the committed corrections
  --details   print every difference
  --json      print JSON
  --distil    write the corrections to packages/standin/src/generated/, from which every derivation takes them
example: node tooling/run.mjs packages/standin/src/report/main.ts ../shared/golden/schema-aws-6.25.json.gz`;

function main(argv: readonly string[]): number {
  const flags = new Set(argv.filter((argument) => argument.startsWith('--')));
  const files = argv.filter((argument) => !argument.startsWith('--'));
  if (files.length === 0) {
    console.error(USAGE);
    return EXIT.usage;
  }
  const reports = files.map((file) => reportOn(file, flags));
  if (flags.has('--json')) console.log(JSON.stringify(reports, undefined, 2));
  else for (const report of reports) console.log(report.text);
  return EXIT.done;
}

function reportOn(file: string, flags: ReadonlySet<string>) {
  const content = readFileSync(file);
  const real = JSON.parse((file.endsWith('.gz') ? gunzipSync(content) : content).toString('utf8')) as Record<string, Schema>;
  const provider = providerOf(Object.keys(real)[0] ?? '');
  const root = projectRoot();
  if (flags.has('--distil')) {
    const corrections = distil(derivedSchema(provider, root, { corrected: false }).resources, real);
    writeFileSync(join(root, `packages/standin/src/generated/${provider.name}.json`), `${onePerLine(corrections)}\n`);
  }
  const derived = derivedSchema(provider, root, { corrected: !flags.has('--derived') }).resources;
  const comparison = compareSchemas(derived, real);
  return { file: basename(file), ...summary(derived, comparison, flags), text: text(file, derived, comparison, flags) };
}

function providerOf(type: string): ProviderPackage {
  const found = PROVIDER_PACKAGES.find(({ name }) => type.startsWith(`${name}_`));
  if (!found) throw new Error(`no stand-in provider has resources like "${type}"`);
  return found;
}

function summary(derived: Record<string, Schema>, comparison: Comparison, flags: ReadonlySet<string>) {
  return {
    resourcesCompared: comparison.resources,
    resourcesWithoutFacts: Object.keys(derived).length - comparison.resources,
    factsCompared: comparison.facts,
    differences: comparison.differences.length,
    byKind: count(comparison.differences.map(({ kind }) => kind)),
    worst: Object.entries(count(comparison.differences.map(({ resource }) => resource)))
      .slice(0, 10)
      .map(([resource, differences]) => ({ resource, differences })),
    ...(flags.has('--details') ? { details: comparison.differences } : {}),
  };
}

function text(file: string, derived: Record<string, Schema>, comparison: Comparison, flags: ReadonlySet<string>): string {
  const { resourcesCompared, resourcesWithoutFacts, factsCompared, differences, byKind, worst } = summary(
    derived,
    comparison,
    flags,
  );
  const lines = [
    `${basename(file)}: ${differences} of ${factsCompared} facts differ, in ${resourcesCompared} resource types (${resourcesWithoutFacts} more have no facts)`,
    ...Object.entries(byKind).map(([kind, number]) => `  ${kind.padEnd(20)} ${number}`),
  ];
  if (worst.length > 0) lines.push('  worst:', ...worst.map((it) => `    ${it.resource.padEnd(60)} ${it.differences}`));
  if (flags.has('--details')) {
    for (const it of comparison.differences) {
      lines.push(`  ${it.resource}.${it.path} ${it.kind}: ${JSON.stringify(it.derived)} should be ${JSON.stringify(it.real)}`);
    }
  }
  return lines.join('\n');
}

/** How often each text occurs, most frequent first. */
function count(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const it of texts) counts[it] = (counts[it] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}

/** JSON with one resource a line, so that a change of the facts reads well in a diff. */
function onePerLine(corrections: object): string {
  const lines = Object.entries(corrections)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, correction]) => `${JSON.stringify(name)}: ${JSON.stringify(correction)}`);
  return `{\n${lines.join(',\n')}\n}`;
}

process.exitCode = main(process.argv.slice(2));
