import { LakewrightError } from '@lakewright/config';

/** Which tables a task replicates. */
export interface TableSelection {
  readonly schema: string;
  /** `%` stands for any text. */
  readonly table: string;
  /** @default 'include' */
  readonly action?: 'include' | 'exclude';
}

/** How names and columns change on the way; without a table it is the schema's rule, without a column the table's. */
export interface TableTransformation {
  readonly schema: string;
  readonly table?: string;
  readonly column?: string;
  readonly change:
    | { readonly action: 'rename' | 'add-prefix' | 'remove-prefix' | 'add-suffix' | 'remove-suffix'; readonly value: string }
    | { readonly action: 'convert-lowercase' | 'convert-uppercase' | 'remove-column' };
}

export interface TableMappings {
  readonly selections: readonly TableSelection[];
  /** @default tables and columns are called as in the source */
  readonly transformations?: readonly TableTransformation[];
  /**
   * Name of a column that holds the place of a change in the order of all changes of the task: commit times have whole seconds, and
   * changes can come twice.
   * @default there is none
   */
  readonly sequenceColumn?: string;
}

/**
 * Table mappings as DMS takes them: the same text for the same rules, numbered in their order (DMS User Guide, "Specifying table
 * selection and transformations rules using JSON").
 *
 * @throws LakewrightError CONSTRUCT_TABLE_MAPPINGS for rules that the service would refuse, or that would replicate too much
 */
export function tableMappingsJson({ selections, transformations = [], sequenceColumn }: TableMappings): string {
  validateSelections(selections);
  for (const transformation of transformations) validateTransformation(transformation);
  const rules = [
    ...selections.map(selectionRule),
    ...transformations.map(transformationRule),
    ...(sequenceColumn ? sequenceRules(sequenceColumn, selections) : []),
  ];
  return JSON.stringify({
    rules: rules.map((rule, index) => ({ 'rule-id': String(index + 1), 'rule-name': String(index + 1), ...rule })),
  });
}

function selectionRule({ schema, table, action = 'include' }: TableSelection) {
  return {
    'rule-type': 'selection',
    'object-locator': { 'schema-name': schema, 'table-name': table },
    'rule-action': action,
    filters: [],
  };
}

function transformationRule(transformation: TableTransformation) {
  const { schema, table, column, change } = transformation;
  return {
    'rule-type': 'transformation',
    'rule-target': targetOf(transformation),
    'object-locator': {
      'schema-name': schema,
      ...(table !== undefined && { 'table-name': table }),
      ...(column !== undefined && { 'column-name': column }),
    },
    'rule-action': change.action,
    ...('value' in change && { value: change.value }),
  };
}

/** The header of a change as a column of every selected table (DMS User Guide, "Using transformation rule expressions to define column content"). */
function sequenceRules(column: string, selections: readonly TableSelection[]) {
  const schemas = new Set(selections.filter(({ action }) => action !== 'exclude').map(({ schema }) => schema));
  return [...schemas].map((schema) => ({
    'rule-type': 'transformation',
    'rule-target': 'column',
    'object-locator': { 'schema-name': schema, 'table-name': '%' },
    'rule-action': 'add-column',
    value: column,
    expression: '$AR_H_CHANGE_SEQ',
    'data-type': { type: 'string', length: 35 },
  }));
}

function targetOf({ table, column }: TableTransformation): 'schema' | 'table' | 'column' {
  if (column !== undefined) return 'column';
  return table === undefined ? 'schema' : 'table';
}

function validateSelections(selections: readonly TableSelection[]): void {
  if (!selections.some(({ action }) => action !== 'exclude')) {
    throw invalid('selections: must include a table (got none)', 'name the schema, and % or a table');
  }
  for (const { schema, table } of selections) {
    // The User Guide warns of it: the server's own schemas would come along.
    if (schema === '' || schema.includes('%')) {
      throw invalid(`schema: must be one schema, without % (got "${schema}")`, 'name each schema');
    }
    if (table === '') throw invalid('table: must be a table or a pattern (got "")', '% stands for every table');
  }
}

function validateTransformation(transformation: TableTransformation): void {
  const { table, column, change } = transformation;
  if (column !== undefined && table === undefined) {
    throw invalid(`column: must come with a table (got "${column}" alone)`, '% stands for every table');
  }
  if (change.action === 'remove-column' && column === undefined) {
    throw invalid(`change: remove-column must name a column (got the ${targetOf(transformation)})`, 'say column');
  }
  if ('value' in change && change.value === '') {
    throw invalid(`value: must be given for ${change.action} (got "")`, 'say the name, prefix or suffix');
  }
}

function invalid(message: string, hint: string): LakewrightError {
  return new LakewrightError('CONSTRUCT_TABLE_MAPPINGS', message, { hint });
}
