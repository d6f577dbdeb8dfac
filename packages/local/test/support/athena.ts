import type { TestResource } from './state';

export const HUDI = 'org.apache.hudi.hadoop.HoodieParquetInputFormat';
const PARQUET = 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat';

type Columns = Readonly<Record<string, string>>;

const columnsOf = (columns: Columns) => Object.entries(columns).map(([name, type]) => ({ name, type, comment: '' }));

/** A table of the catalog as Terraform's state has it. */
export function tableResource(
  name: string,
  location: string,
  input_format: string,
  columns: Columns,
  partitions: Columns = {},
): TestResource {
  const storage = { location, input_format, columns: columnsOf(columns) };
  return [
    'aws_glue_catalog_table',
    name,
    {
      name,
      database_name: 'lake',
      table_type: 'EXTERNAL_TABLE',
      parameters: {},
      partition_keys: columnsOf(partitions),
      storage_descriptor: [storage],
    },
    ['aws_glue_catalog_database.lake'],
  ];
}

function workgroup(name: string, configuration: Record<string, unknown>, state = 'ENABLED'): TestResource {
  return ['aws_athena_workgroup', name, { name, state, description: null, configuration: [configuration] }];
}

/** A catalog over the tables of the fixture, and workgroups that differ in what they allow. */
export function athenaResources(): TestResource[] {
  const results = { result_configuration: [{ output_location: 's3://results/athena/', encryption_configuration: [] }] };
  const open = { enforce_workgroup_configuration: false, bytes_scanned_cutoff_per_query: 0 };
  return [
    ['aws_glue_catalog_database', 'lake', { name: 'lake', description: 'tables of a test' }],
    tableResource('users', 's3://lake/users', HUDI, {
      id: 'bigint',
      name: 'string',
      country: 'string',
      score: 'decimal(10,2)',
      weight: 'double',
      active: 'boolean',
      born_on: 'date',
      updated_at: 'timestamp',
      details: 'string',
    }),
    tableResource('orders', 's3://lake/orders', HUDI, { id: 'bigint', amount: 'int' }, { country: 'string' }),
    tableResource('counts', 's3://lake/counts/', HUDI, { id: 'bigint', n: 'bigint', note: 'string' }),
    tableResource('changes', 's3://lake/changes/', PARQUET, { op: 'string', id: 'bigint', committed_at: 'timestamp' }),
    tableResource('typed', 's3://lake/changes/', PARQUET, { id: 'bigint', tags: 'array<string>' }),
    tableResource('broken', 's3://lake/changes/', PARQUET, { id: 'int' }),
    tableResource('lines', 's3://lake/lines/', 'org.apache.hadoop.mapred.TextInputFormat', { id: 'string' }),
    workgroup('analysts', { enforce_workgroup_configuration: true, ...results }),
    workgroup('open', open),
    workgroup('frugal', { ...open, bytes_scanned_cutoff_per_query: 1_000 }),
    workgroup('closed', { enforce_workgroup_configuration: true, ...results }, 'DISABLED'),
    [
      'aws_athena_named_query',
      'counts',
      {
        id: 'a1b2c3d4-0000-4000-8000-000000000001',
        name: 'counts',
        database: 'lake',
        workgroup: 'analysts',
        query: 'SELECT count(*) FROM users',
      },
      ['aws_athena_workgroup.analysts'],
    ],
  ];
}
