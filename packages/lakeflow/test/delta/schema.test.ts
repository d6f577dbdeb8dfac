import { columnsOfSchema, toDeltaSchema } from '../../src/delta/schema';
import { parseColumns } from '../../src/engine/ddl';

const TYPES = [
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'double',
  'string',
  'timestamp',
  'decimal(10,2)',
  'array<struct<a:int,`b c`:map<string,bigint>>>',
];

test.each(TYPES)('a column of type %s keeps it through the log', (type) => {
  const columns = parseColumns(`c ${type}`);
  expect(columnsOfSchema(toDeltaSchema(columns))).toEqual([{ name: 'c', type }]);
});

test('everything is nullable, comments are kept', () => {
  const [column] = parseColumns('c ARRAY<INT>');
  expect(JSON.parse(toDeltaSchema([{ ...column!, comment: 'words', notNull: true }]))).toEqual({
    type: 'struct',
    fields: [
      {
        name: 'c',
        type: { type: 'array', elementType: 'integer', containsNull: true },
        nullable: true,
        metadata: { comment: 'words' },
      },
    ],
  });
});
