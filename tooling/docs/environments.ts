import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT_NAMES, type EnvironmentName, type EnvironmentSettings } from '@lakewright/config';
import { dev, prod, staging } from '@lakewright/config/environments/cloud';
import { local } from '@lakewright/config/environments/local';
import ts from 'typescript';
import { pageHead, table } from './markdown';

const SCHEMA = 'packages/config/src/environment.ts';

/** The page of environments: fields with their rules, and what each environment says. */
export function environmentsPage(root: string): string {
  const source = ts.createSourceFile(SCHEMA, readFileSync(join(root, SCHEMA), 'utf8'), ts.ScriptTarget.Latest, true);
  const environments = everyEnvironment();
  const paths = [...new Set(Object.values(environments).flatMap((environment) => leaves(environment)))].sort();
  const rows = paths.map((path) => [`\`${path}\``, ...ENVIRONMENT_NAMES.map((name) => shown(valueAt(environments[name], path)))]);
  return [
    pageHead('Environments', 'packages/config/src'),
    'An environment is data: everything that differs between two deployments of the same stacks. `LAKEWRIGHT_ENV` or `--env` chooses one.',
    'A wrong value is refused with the field, the value and the rule (`CONFIG_INVALID`).',
    '',
    '## Fields',
    '',
    `Rules are those of \`${SCHEMA}\`, as zod has them.`,
    '',
    table(
      ['field', 'means', 'rule'],
      schemaFields(source).map(({ path, means, rule }) => [`\`${path}\``, means, `\`${rule}\``]),
    ),
    '',
    'Rules between fields:',
    '',
    ...rulesBetweenFields(source).map((rule) => `- ${rule}`),
    '',
    '## Values',
    '',
    'Accounts, hosts and principals here are placeholders of this repository. `<port>` is a port of the clone. The systems of an',
    'environment are the folders of `apps/` whose `system.json` does not keep them out of it (`environments`).',
    '',
    table(['field', ...ENVIRONMENT_NAMES], rows),
    '',
  ].join('\n');
}

/** As their files state them; the systems are no part of it, so that a new one changes no page. */
function everyEnvironment(): Record<EnvironmentName, EnvironmentSettings> {
  return {
    local: local({ aws: 1, engine: 2, web: 3, mysql: 13306, postgresql: 15432, dms: 6, glue: 7, athena: 8 }),
    dev,
    staging,
    prod,
  };
}

function leaves(value: unknown, path = ''): string[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, path ? `${path}.${name}` : name));
}

function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], value);
}

function shown(value: unknown): string {
  if (value === undefined) return '';
  const text = Array.isArray(value) ? value.join(', ') || '(none)' : String(value);
  return `\`${text.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:<port>')}\``;
}

interface SchemaField {
  readonly path: string;
  readonly means: string;
  readonly rule: string;
}

/** The fields of the schema in the order of the source; objects inside it lead to their own fields. */
function schemaFields(source: ts.SourceFile): SchemaField[] {
  const schema = source.statements
    .filter(ts.isVariableStatement)
    .flatMap((statement) => [...statement.declarationList.declarations])
    .find((declaration) => declaration.name.getText(source) === 'schema');
  return schema?.initializer ? objectFields(source, schema.initializer, '') : [];
}

function objectFields(source: ts.SourceFile, expression: ts.Expression, parent: string): SchemaField[] {
  const object = strictObject(expression);
  if (!object) return [];
  return object.properties.flatMap((property) => {
    const name = property.name?.getText(source);
    const path = parent ? `${parent}.${name}` : `${name}`;
    const value = ts.isPropertyAssignment(property) ? property.initializer : undefined;
    const inner = value ? objectFields(source, value, path) : [];
    if (inner.length > 0) return inner;
    const rule = (value?.getText(source) ?? `${name}`).replaceAll(/\s+/g, ' ').replaceAll(/\bz\./g, '');
    return [{ path, means: comment(source, property), rule }];
  });
}

/** The literal given to `z.strictObject`, also where `.optional()` follows it. */
function strictObject(expression: ts.Expression): ts.ObjectLiteralExpression | undefined {
  if (!ts.isCallExpression(expression) || !ts.isPropertyAccessExpression(expression.expression)) return undefined;
  const [argument] = expression.arguments;
  if (expression.expression.name.text === 'strictObject' && argument && ts.isObjectLiteralExpression(argument)) return argument;
  return strictObject(expression.expression.expression);
}

function comment(source: ts.SourceFile, node: ts.Node): string {
  const [range] = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? [];
  const text = range ? source.text.slice(range.pos, range.end) : '';
  return text.replaceAll(/^\/\*\*|\*\/$|^\s*\* ?/gm, '').trim();
}

/** The messages of the rules that look at two fields or at the environment's name. */
function rulesBetweenFields(source: ts.SourceFile): string[] {
  const rules = source.statements.find(
    (statement): statement is ts.FunctionDeclaration =>
      ts.isFunctionDeclaration(statement) && statement.name?.text === 'rulesBetweenFields',
  );
  const messages = rules?.getText(source).matchAll(/problems\.push\(\s*[`']([\w.]+): (.+?) \(got/g) ?? [];
  return [...messages].map(([, field, rule]) => `\`${field}\`: ${rule!.replaceAll(/\$\{([^}]+)\}/g, '`$1`')}`);
}
