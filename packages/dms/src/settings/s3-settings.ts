import { z } from 'zod';
import { invalid } from '../errors';
import { parse } from './parse';

/** Settings of an S3 target, complete. */
export interface S3Settings {
  readonly bucketName: string;
  readonly bucketFolder?: string;
  readonly compressionType: 'NONE' | 'GZIP';
  readonly encodingType: 'plain' | 'plain-dictionary' | 'rle-dictionary';
  readonly parquetVersion: 'PARQUET_1_0' | 'PARQUET_2_0';
  readonly dictPageSizeLimit: number;
  readonly rowGroupLength: number;
  readonly dataPageSize: number;
  readonly enableStatistics: boolean;
  readonly milliseconds: boolean;
  readonly timestampColumnName?: string;
  readonly useTaskStartTime: boolean;
  readonly includeOpForFullLoad: boolean;
  readonly insertsOnly: boolean;
  readonly insertsAndUpdates: boolean;
  /** Seconds. */
  readonly cdcMaxBatchInterval: number;
  /** Kilobytes. */
  readonly cdcMinFileSize: number;
  /** Kilobytes. */
  readonly maxFileSize: number;
  readonly encryptionMode: 'SSE_S3' | 'SSE_KMS';
  readonly kmsKeyId?: string;
}

/** Zero is what the AWS provider of Terraform keeps for a number that was not given. */
const number = z.number().int().nonnegative().optional();
const text = z.string().optional();
const flag = z.boolean().optional();

const schema = z.looseObject({
  BucketName: z.string().min(1),
  BucketFolder: text,
  CompressionType: text,
  EncodingType: text,
  ParquetVersion: text,
  DataFormat: text,
  DictPageSizeLimit: number,
  RowGroupLength: number,
  DataPageSize: number,
  EnableStatistics: flag,
  ParquetTimestampInMillisecond: flag,
  TimestampColumnName: text,
  UseTaskStartTimeForFullLoadTimestamp: flag,
  IncludeOpForFullLoad: flag,
  CdcInsertsOnly: flag,
  CdcInsertsAndUpdates: flag,
  CdcMaxBatchInterval: number,
  CdcMinFileSize: number,
  MaxFileSize: number,
  EncryptionMode: text,
  ServerSideEncryptionKmsKeyId: text,
  CdcPath: text,
});

/** Settings that would change what is written and are not supported, with the reason. */
const REFUSED: Readonly<Record<string, string>> = {
  PreserveTransactions:
    'the service writes transactions in order as .csv only; rows of a file of changes are in commit order without it',
  CdcPath: 'it belongs to PreserveTransactions, which is not supported; changes go to the folder of their table',
  DatePartitionEnabled: 'folders by date are not supported; files of changes carry their time in the name',
  AddTrailingPaddingCharacter: 'padding of text is not supported',
  GlueCatalogGeneration: 'a Glue catalog is not generated; declare the tables',
};

/**
 * Reads the settings of an S3 target, with the defaults of the service.
 *
 * Source: AWS DMS User Guide, "Using Amazon S3 as a target for AWS Database Migration Service", section "Endpoint settings when using
 * Amazon S3 as a target for AWS DMS".
 *
 * @throws Fault InvalidParameterValueException for what is wrong, or matters and is not supported
 */
export function readS3Settings(value: unknown): S3Settings {
  const given = parse(schema, value, 'S3Settings');
  for (const [name, reason] of Object.entries(REFUSED))
    if (given[name]) throw invalid(`S3Settings.${name} is not supported: ${reason}`);
  if (given.DataFormat?.toLowerCase() !== 'parquet')
    throw invalid(`S3Settings.DataFormat: '${given.DataFormat ?? 'csv'}' is not supported; set parquet`);
  if (given.CdcInsertsOnly && given.CdcInsertsAndUpdates)
    throw invalid('S3Settings.CdcInsertsOnly and CdcInsertsAndUpdates cannot both be true');
  const encryptionMode = choice('EncryptionMode', given.EncryptionMode, ['SSE_S3', 'SSE_KMS']);
  if (encryptionMode === 'SSE_KMS' && !given.ServerSideEncryptionKmsKeyId)
    throw invalid('S3Settings.EncryptionMode SSE_KMS needs ServerSideEncryptionKmsKeyId');
  return {
    bucketName: given.BucketName,
    bucketFolder: given.BucketFolder || undefined,
    compressionType: choice('CompressionType', given.CompressionType, ['NONE', 'GZIP']),
    encodingType: choice('EncodingType', given.EncodingType, ['rle-dictionary', 'plain-dictionary', 'plain']),
    parquetVersion: choice('ParquetVersion', given.ParquetVersion, ['PARQUET_1_0', 'PARQUET_2_0']),
    dictPageSizeLimit: given.DictPageSizeLimit || 1_024_000,
    rowGroupLength: given.RowGroupLength || 10_024,
    dataPageSize: given.DataPageSize || 1_024_000,
    enableStatistics: given.EnableStatistics ?? true,
    milliseconds: given.ParquetTimestampInMillisecond ?? false,
    timestampColumnName: given.TimestampColumnName || undefined,
    useTaskStartTime: given.UseTaskStartTimeForFullLoadTimestamp ?? false,
    includeOpForFullLoad: given.IncludeOpForFullLoad ?? false,
    insertsOnly: given.CdcInsertsOnly ?? false,
    insertsAndUpdates: given.CdcInsertsAndUpdates ?? false,
    cdcMaxBatchInterval: given.CdcMaxBatchInterval || 60,
    cdcMinFileSize: given.CdcMinFileSize || 32_000,
    maxFileSize: given.MaxFileSize || 1_048_576,
    encryptionMode,
    kmsKeyId: given.ServerSideEncryptionKmsKeyId || undefined,
  };
}

/** One of some values, the first when none was given; the API writes them with hyphens or underscores, in either case. */
function choice<T extends string>(name: string, value: string | undefined, choices: readonly [T, ...T[]]): T {
  if (!value) return choices[0];
  const plain = (text: string) => text.toLowerCase().replaceAll('_', '-');
  const found = choices.find((one) => plain(one) === plain(value));
  if (!found) throw invalid(`S3Settings.${name}: '${value}' is none of ${choices.join(', ')}`);
  return found;
}
