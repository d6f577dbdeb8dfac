import { type TableMappings, type TableTransformation, tableMappingsJson } from '../../src';
import { refused } from '../synthesized';

const selections = [{ schema: 'homes', table: '%' }];

test('minimal: every table of a schema, in the words of the service', () => {
  expect(JSON.parse(tableMappingsJson({ selections }))).toEqual({
    rules: [
      {
        'rule-type': 'selection',
        'rule-id': '1',
        'rule-name': '1',
        'object-locator': { 'schema-name': 'homes', 'table-name': '%' },
        'rule-action': 'include',
        filters: [],
      },
    ],
  });
});

test('everything: exclusions, and changes of schemas, tables and columns, numbered in their order', () => {
  const { rules } = JSON.parse(
    tableMappingsJson({
      selections: [...selections, { schema: 'homes', table: 'draft_%', action: 'exclude' }],
      transformations: [
        { schema: 'homes', change: { action: 'rename', value: 'portal' } },
        { schema: 'homes', table: '%', change: { action: 'convert-lowercase' } },
        { schema: 'homes', table: 'owners', column: 'password', change: { action: 'remove-column' } },
      ],
    }),
  ) as { rules: Record<string, unknown>[] };
  expect(rules.map((rule) => [rule['rule-id'], rule['rule-action'], rule['rule-target'], rule.value])).toEqual([
    ['1', 'include', undefined, undefined],
    ['2', 'exclude', undefined, undefined],
    ['3', 'rename', 'schema', 'portal'],
    ['4', 'convert-lowercase', 'table', undefined],
    ['5', 'remove-column', 'column', undefined],
  ]);
  expect(rules[4]?.['object-locator']).toEqual({ 'schema-name': 'homes', 'table-name': 'owners', 'column-name': 'password' });
});

test('the same rules are the same text', () => {
  expect(tableMappingsJson({ selections })).toBe(tableMappingsJson({ selections: [...selections] }));
});

const change = (transformation: TableTransformation): TableMappings => ({ selections, transformations: [transformation] });

test.each<[string, TableMappings, string]>([
  ['nothing to replicate', { selections: [] }, '(got none)'],
  ['only exclusions', { selections: [{ schema: 'homes', table: '%', action: 'exclude' }] }, '(got none)'],
  ['every schema, those of the server too', { selections: [{ schema: '%', table: '%' }] }, '"%"'],
  ['no table', { selections: [{ schema: 'homes', table: '' }] }, '(got "")'],
  ['a column of no table', change({ schema: 'homes', column: 'id', change: { action: 'remove-column' } }), '"id" alone'],
  ['a table removed as a column', change({ schema: 'homes', table: 'a', change: { action: 'remove-column' } }), 'the table'],
  ['a new name that is none', change({ schema: 'homes', table: 'a', change: { action: 'rename', value: '' } }), 'for rename'],
])('refused: %s', (_, mappings, message) => {
  const error = refused(() => tableMappingsJson(mappings));
  expect(error.code).toBe('CONSTRUCT_TABLE_MAPPINGS');
  expect(error.message).toContain(message);
});
