import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { refusalOf } from '../../packages/lakeflow/test/support/refusal-of';
import { REFUSED } from '../../packages/lakeflow/test/support/refused';
import { pageHead, table } from './markdown';

interface Feature {
  readonly area: string;
  readonly name: string;
  /** The page of docs.databricks.com that says so. */
  readonly source: string;
}

const TESTS = 'packages/lakeflow/test';

/** What of Lakeflow runs here, from the tests that hold it, and what is refused, from the refusals themselves. */
export function lakeflowPage(root: string): string {
  const features = testsIn(join(root, TESTS)).flatMap(featuresOf);
  const areas = [...new Set(features.map(({ area }) => area))].sort();
  const sections = areas.map((area) => {
    const rows = features.filter((each) => each.area === area).map(({ name, source }) => [name, source]);
    return `## ${area}\n\n${table(['holds here', 'as said by'], rows)}`;
  });
  const refused = REFUSED.map(({ what, sql }) => {
    const refusal = refusalOf(sql);
    if (!refusal) throw new Error(`${what} is not refused`);
    return [what, refusal.message, refusal.hint ?? ''];
  });
  return [
    pageHead('Lakeflow SQL on a laptop', 'the tests of packages/lakeflow that are marked `feature(...)`'),
    'Every line is a test; its second column names the page of docs.databricks.com (or learn.microsoft.com/azure/databricks) that it',
    'follows. The statements themselves are in [the grammar](../../packages/lakeflow/src/sql/README.md), decisions and limits in',
    '[packages/lakeflow](../../packages/lakeflow/README.md).',
    '',
    sections.join('\n\n'),
    '',
    '## Refused before anything runs',
    '',
    'By `lakewright run`, `lakewright run ... --validate` and the synth, with the place in the file.',
    '',
    table(['what', 'reason', 'way out'], refused),
    '',
  ].join('\n');
}

function testsIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return testsIn(path);
      return entry.name.endsWith('.test.ts') ? [path] : [];
    });
}

/** The calls `feature('area', 'name', 'source', ...)` of a file; a name may be a constant of the file. */
function featuresOf(path: string): readonly Feature[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const constants = new Map<string, string>();
  const features: Feature[] = [];
  const textOf = (node: ts.Node | undefined): string => {
    if (node && ts.isStringLiteralLike(node)) return node.text;
    const known = node && ts.isIdentifier(node) ? constants.get(node.text) : undefined;
    if (known !== undefined) return known;
    throw new Error(`${path}: feature(...) takes plain texts, not ${node?.getText() ?? 'nothing'}`);
  };
  const visit = (node: ts.Node): void => {
    if (
      ts.isVariableDeclaration(node) &&
      ts.isIdentifier(node.name) &&
      node.initializer &&
      ts.isStringLiteralLike(node.initializer)
    )
      constants.set(node.name.text, node.initializer.text);
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'feature') {
      const [area, name, says] = node.arguments;
      features.push({ area: textOf(area), name: textOf(name), source: textOf(says) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return features;
}
