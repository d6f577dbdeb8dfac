import { z } from 'zod';
import { invalid } from '../errors';
import { parse, parseJson } from './parse';

/** Which tables are replicated, and under which names. */
export interface TableMappings {
  selects(schema: string, table: string): boolean;
  targetSchema(schema: string): string;
  targetTable(schema: string, table: string): string;
  /** The name of a column in the target; undefined when it is removed. */
  targetColumn(schema: string, table: string, column: string): string | undefined;
  /** The column that is added for the place of a change among all; undefined without one. */
  sequenceColumn(schema: string, table: string): string | undefined;
}

const locator = z.looseObject({
  'schema-name': z.string(),
  'table-name': z.string().optional(),
  'column-name': z.string().optional(),
});
const rule = z.looseObject({
  'rule-type': z.string(),
  'rule-id': z.union([z.string(), z.number()]).transform(String),
  'rule-name': z.union([z.string(), z.number()]).transform(String).optional(),
  'rule-action': z.string().optional(),
  'rule-target': z.string().optional(),
  'object-locator': locator.optional(),
  value: z.string().nullish(),
  'old-value': z.string().nullish(),
  filters: z.array(z.unknown()).optional(),
  expression: z.string().optional(),
  'data-type': z.looseObject({ type: z.string(), length: z.coerce.number().optional() }).optional(),
});
const document = z.looseObject({ rules: z.array(rule).min(1) });
type Rule = z.output<typeof rule>;

const RENAMES: Readonly<Record<string, (name: string, value: string, old: string) => string>> = {
  rename: (_, value) => value,
  'convert-lowercase': (name) => name.toLowerCase(),
  'convert-uppercase': (name) => name.toUpperCase(),
  'add-prefix': (name, value) => value + name,
  'add-suffix': (name, value) => name + value,
  'remove-prefix': (name, value) => (name.startsWith(value) ? name.slice(value.length) : name),
  'remove-suffix': (name, value) => (name.endsWith(value) ? name.slice(0, name.length - value.length) : name),
  'replace-prefix': (name, value, old) => (name.startsWith(old) ? value + name.slice(old.length) : name),
  'replace-suffix': (name, value, old) => (name.endsWith(old) ? name.slice(0, name.length - old.length) + value : name),
};
const REFUSED: Readonly<Record<string, string>> = {
  'include-column': 'remove the other columns by remove-column',
  'change-data-type': 'columns have the type that the service gives them by default',
  'define-primary-key': 'a file has no key',
  'add-before-image-columns': 'images before the change are not written',
  'rename-tablespace': 'a bucket has no tablespaces',
};

/** The header of a change that can be added. */
const CHANGE_SEQUENCE = '$AR_H_CHANGE_SEQ';
const SEQUENCE_LENGTH = 35;

/**
 * Reads table mappings: selection rules (`include`, `exclude`, `explicit`; `%` stands for any characters, `_` for one, `[_]` for the
 * underscore itself), and transformation rules that rename, remove, or add the place of a change among all.
 *
 * Source: AWS DMS User Guide, "Specifying table selection and transformations rules using JSON", "Selection rules and actions",
 * "Transformation rules and actions", "Wildcards in table mapping".
 *
 * @throws Fault InvalidParameterValueException for what is wrong or not supported, with the name of the rule
 */
export function readTableMappings(text: string): TableMappings {
  const { rules } = parse(document, parseJson(text, 'TableMappings'), 'TableMappings');
  const ids = new Set<string>();
  for (const one of rules) {
    if (ids.has(one['rule-id'])) throw invalid(`TableMappings: two rules have the rule-id ${one['rule-id']}`);
    ids.add(one['rule-id']);
    check(one);
  }
  const selections = rules.filter((one) => one['rule-type'] === 'selection');
  if (!selections.some((one) => one['rule-action'] !== 'exclude'))
    throw invalid('TableMappings: no selection rule includes a table');
  const transformations = rules.filter((one) => one['rule-type'] === 'transformation');
  const renamed = (target: string, name: string, matches: (one: Rule) => boolean) =>
    transformations
      .filter((one) => one['rule-target'] === target && RENAMES[one['rule-action']!] && matches(one))
      .reduce((current, one) => RENAMES[one['rule-action']!]!(current, one.value ?? '', one['old-value'] ?? ''), name);
  const chosen = (action: (name: string) => boolean, schema: string, table: string) =>
    selections.some((one) => action(one['rule-action']!) && covers(one, schema, table));
  return {
    selects: (schema, table) =>
      chosen((action) => action !== 'exclude', schema, table) && !chosen((action) => action === 'exclude', schema, table),
    targetSchema: (schema) => renamed('schema', schema, (one) => like(one['object-locator']!['schema-name'], schema)),
    targetTable: (schema, table) => renamed('table', table, (one) => covers(one, schema, table)),
    targetColumn: (schema, table, column) => {
      const covering = (one: Rule) => covers(one, schema, table) && like(one['object-locator']!['column-name'] ?? '%', column);
      if (transformations.some((one) => one['rule-action'] === 'remove-column' && covering(one))) return undefined;
      return renamed('column', column, covering);
    },
    sequenceColumn: (schema, table) =>
      transformations.find((one) => one['rule-action'] === 'add-column' && covers(one, schema, table))?.value ?? undefined,
  };
}

function check(one: Rule): void {
  const name = `rule ${one['rule-name'] ?? one['rule-id']}`;
  const [type, action] = [one['rule-type'], one['rule-action'] ?? ''];
  if (type !== 'selection' && type !== 'transformation')
    throw invalid(`TableMappings: ${name}: rule-type '${type}' is not supported; selection and transformation are`);
  if (!one['object-locator']) throw invalid(`TableMappings: ${name}: object-locator is missing`);
  if (one.filters?.length) throw invalid(`TableMappings: ${name}: filters are not supported; all rows of a table are replicated`);
  if (type === 'selection') checkSelection(one, name, action);
  else checkTransformation(one, name, action);
}

function checkSelection(one: Rule, name: string, action: string): void {
  if (!['include', 'exclude', 'explicit'].includes(action))
    throw invalid(`TableMappings: ${name}: rule-action '${action}' is none of include, exclude, explicit`);
  const { 'schema-name': schema, 'table-name': table } = one['object-locator']!;
  if (!table) throw invalid(`TableMappings: ${name}: object-locator.table-name is missing`);
  if (action === 'explicit' && (schema + table).includes('%'))
    throw invalid(`TableMappings: ${name}: an explicit rule names one table, without %`);
}

function checkTransformation(one: Rule, name: string, action: string): void {
  const target = one['rule-target'] ?? '';
  if (REFUSED[action]) throw invalid(`TableMappings: ${name}: ${action} is not supported: ${REFUSED[action]}`);
  if (action === 'add-column') {
    checkAddedColumn(one, name, target);
    return;
  }
  if (action !== 'remove-column' && !RENAMES[action])
    throw invalid(`TableMappings: ${name}: rule-action '${action}' is not supported`);
  if (!['schema', 'table', 'column'].includes(target) || (action === 'remove-column' && target !== 'column'))
    throw invalid(`TableMappings: ${name}: rule-target '${target}' is not supported with ${action}`);
  if (action !== 'remove-column' && !action.startsWith('convert-') && !one.value)
    throw invalid(`TableMappings: ${name}: ${action} needs a value`);
  if (action.startsWith('replace-') && !one['old-value']) throw invalid(`TableMappings: ${name}: ${action} needs an old-value`);
}

/** Headers of changes are what expressions can be made of without evaluating them; of those, the place in the order of all. */
function checkAddedColumn(one: Rule, name: string, target: string): void {
  if (target !== 'column') throw invalid(`TableMappings: ${name}: rule-target '${target}' is not supported with add-column`);
  if (!one.value) throw invalid(`TableMappings: ${name}: add-column needs a value`);
  if (one.expression !== CHANGE_SEQUENCE)
    throw invalid(`TableMappings: ${name}: the expression '${one.expression ?? ''}' is not supported; ${CHANGE_SEQUENCE} is`);
  const { type, length = 0 } = one['data-type'] ?? { type: '' };
  if (type !== 'string' || length < SEQUENCE_LENGTH)
    throw invalid(`TableMappings: ${name}: data-type must be a string of ${SEQUENCE_LENGTH} characters or more`);
}

function covers(one: Rule, schema: string, table: string): boolean {
  const { 'schema-name': schemas, 'table-name': tables } = one['object-locator']!;
  if (one['rule-action'] === 'explicit') return schemas === schema && tables === table;
  return like(schemas, schema) && like(tables ?? '%', table);
}

const known = new Map<string, RegExp>();

function like(pattern: string, name: string): boolean {
  let compiled = known.get(pattern);
  if (!compiled) {
    const parts = pattern.split(/(\[_\]|%|_)/).map((part) => {
      if (part === '[_]') return '_';
      if (part === '%') return '.*';
      return part === '_' ? '.' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    });
    compiled = new RegExp(`^${parts.join('')}$`, 'su');
    known.set(pattern, compiled);
  }
  return compiled.test(name);
}
