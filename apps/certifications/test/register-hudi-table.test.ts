import { type AvroType, catalogType, UnknownTypeError } from '../lambdas/register_hudi_table/avro';
import { tableInput } from '../lambdas/register_hudi_table/table-input';

test.each<[AvroType, string]>([
  ['boolean', 'boolean'],
  ['int', 'int'],
  ['long', 'bigint'],
  [['null', 'long'], 'bigint'],
  [['string', 'null'], 'string'],
  ['bytes', 'binary'],
  [{ type: 'int', logicalType: 'date' }, 'date'],
  [['null', { type: 'long', logicalType: 'timestamp-micros' }], 'timestamp'],
  [['null', { type: 'fixed', logicalType: 'decimal', precision: 20, scale: 0 }], 'decimal(20,0)'],
  [{ type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 }, 'decimal(10,2)'],
  [{ type: 'array', items: ['null', 'double'] }, 'array<double>'],
  [{ type: 'map', values: 'float' }, 'map<string,float>'],
  [{ type: 'record', fields: [{ name: 'a', type: 'int' }] }, 'struct<a:int>'],
])('%j is %s in the catalog', (type, expected) => {
  expect(catalogType(type)).toBe(expected);
});

test.each<[AvroType]>([
  [['null', 'int', 'string']],
  [{ type: 'long', logicalType: 'local-timestamp-micros' }],
  [{ type: 'fixed' }],
])('%j has no type in the catalog', (type) => {
  expect(() => catalogType(type)).toThrow(UnknownTypeError);
});

test('an entry has the columns of Hudi first, names in lower case, and the load that the table is of', () => {
  const fields = [
    { name: '_hoodie_commit_time', type: ['null', 'string'] },
    { name: 'userId', type: 'long' },
  ];
  const entry = tableInput('users', 's3://lake/users/', fields, '2026');
  expect(entry.StorageDescriptor?.Columns?.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual([
    '_hoodie_commit_time string',
    '_hoodie_commit_seqno string',
    '_hoodie_record_key string',
    '_hoodie_partition_path string',
    '_hoodie_file_name string',
    'userid bigint',
  ]);
  expect(entry.Parameters).toMatchObject({ full_load: '2026', 'hoodie.table.type': 'COPY_ON_WRITE' });
  expect(tableInput('users', 's3://lake/users/', fields).Parameters).not.toHaveProperty('full_load');
});
