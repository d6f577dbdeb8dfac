import { LakewrightError } from '@lakewright/config';
import { Table as ArrowTable, Field, makeData, RecordBatch, Schema, Struct, tableToIPC } from 'apache-arrow';
import {
  Compression,
  EnabledStatistics,
  Encoding,
  Table as ParquetTable,
  WriterPropertiesBuilder,
  WriterVersion,
  writeParquet,
} from 'parquet-wasm';
import type { S3Settings } from '../settings/s3-settings';
import type { TableBatch } from './table-batch';

/** The Parquet file of a batch. The batch is not used any more afterwards. @throws LakewrightError DMS_PARQUET */
export function encodeParquet(batch: TableBatch, settings: S3Settings): Uint8Array {
  try {
    return encode(batch, settings);
  } catch (cause) {
    throw new LakewrightError('DMS_PARQUET', `a Parquet file could not be made of ${batch.rows} rows: ${String(cause)}`, {
      hint: 'text that is not valid in its character set cannot be written; correct it at the source, or remove its column',
      cause,
    });
  }
}

function encode(batch: TableBatch, settings: S3Settings): Uint8Array {
  const columns = batch.named.map(([name, builder]) => [name, builder.finish()] as const);
  const schema = new Schema(columns.map(([name, data]) => new Field(name, data.type, true)));
  const rows = new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length: batch.rows, nullCount: 0, children: columns.map(([, data]) => data) }),
  );
  const table = ParquetTable.fromIPCStream(tableToIPC(new ArrowTable(schema, [rows]), 'stream'));
  return writeParquet(table, propertiesOf(settings));
}

function propertiesOf(settings: S3Settings) {
  const encoded = new WriterPropertiesBuilder()
    .setCompression(settings.compressionType === 'GZIP' ? Compression.GZIP : Compression.UNCOMPRESSED)
    .setWriterVersion(settings.parquetVersion === 'PARQUET_2_0' ? WriterVersion.V2 : WriterVersion.V1)
    .setDictionaryEnabled(settings.encodingType !== 'plain')
    .setDictionaryPageSizeLimit(settings.dictPageSizeLimit)
    .setDataPageSizeLimit(settings.dataPageSize)
    .setMaxRowGroupSize(settings.rowGroupLength)
    .setStatisticsEnabled(settings.enableStatistics ? EnabledStatistics.Page : EnabledStatistics.None);
  return (settings.encodingType === 'plain' ? encoded.setEncoding(Encoding.PLAIN) : encoded).build();
}
