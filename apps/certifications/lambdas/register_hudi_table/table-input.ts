import type { Column, TableInput } from '@aws-sdk/client-glue';
import { type AvroField, catalogType } from './avro';

/** Hudi's own columns, which every table has first. */
const META = ['_hoodie_commit_time', '_hoodie_commit_seqno', '_hoodie_record_key', '_hoodie_partition_path', '_hoodie_file_name'];

/**
 * A copy-on-write table as Athena reads it (Athena User Guide, "Create Hudi tables").
 *
 * @param fullLoad what tells the full load that the table was made from; kept with the entry
 */
export function tableInput(name: string, location: string, fields: readonly AvroField[], fullLoad?: string): TableInput {
  return {
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: {
      EXTERNAL: 'TRUE',
      table_type: 'HUDI',
      'hoodie.table.type': 'COPY_ON_WRITE',
      ...(fullLoad === undefined ? {} : { full_load: fullLoad }),
    },
    StorageDescriptor: {
      Columns: columns(fields),
      Location: location,
      InputFormat: 'org.apache.hudi.hadoop.HoodieParquetInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      SerdeInfo: {
        SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
        Parameters: { path: location },
      },
    },
  };
}

function columns(fields: readonly AvroField[]): Column[] {
  const own = fields.filter(({ name }) => !META.includes(name));
  return [
    ...META.map((Name) => ({ Name, Type: 'string' })),
    ...own.map(({ name, type }) => ({ Name: name.toLowerCase(), Type: catalogType(type) })),
  ];
}
