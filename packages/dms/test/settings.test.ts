import { readS3Settings } from '../src/settings/s3-settings';
import { readSourceSettings } from '../src/settings/source-settings';
import { readTableMappings } from '../src/settings/table-mappings';
import { readTaskSettings } from '../src/settings/task-settings';
import { selection } from './support/dms';

const mappings = (...rules: object[]) => readTableMappings(JSON.stringify({ rules }));
const transformation = (action: string, more: object) => ({
  ...selection('9', 'shop', '%', action),
  'rule-type': 'transformation',
  ...more,
});

describe('table mappings', () => {
  test.each([
    ['%', 'anything', true],
    ['order_', 'orders', true],
    ['order_', 'order', false],
    ['order[_]', 'orders', false],
    ['order[_]', 'order_', true],
    ['a.b', 'axb', false],
    ['%s', 'orders', true],
    ['Orders', 'orders', false],
  ])('%s covers %s: %s', (pattern, table, covered) => {
    expect(mappings(selection('1', 'shop', pattern)).selects('shop', table)).toBe(covered);
    expect(mappings(selection('1', 'shop', pattern)).selects('other', table)).toBe(false);
  });

  test('an exclusion wins over an inclusion; an explicit rule takes its names as they are', () => {
    const read = mappings(
      selection('1', 'shop', '%'),
      selection('2', 'shop', 't%', 'exclude'),
      selection('3', 'x', 'a_b', 'explicit'),
    );
    expect(read.selects('shop', 'orders')).toBe(true);
    expect(read.selects('shop', 'tmp')).toBe(false);
    expect(read.selects('x', 'a_b')).toBe(true);
    expect(read.selects('x', 'acb')).toBe(false);
  });

  test('names are changed in the order of the rules', () => {
    const rule = (id: string, target: string, action: string, value?: string, old?: string) => ({
      ...transformation(action, { 'rule-id': id, 'rule-target': target, value, 'old-value': old }),
    });
    const read = mappings(
      selection('1', 'shop', '%'),
      ...[
        rule('2', 'schema', 'rename', 'store'),
        rule('3', 'table', 'replace-prefix', 'n_', 'old_'),
        rule('4', 'table', 'convert-uppercase'),
      ],
      ...[rule('5', 'column', 'remove-suffix', '_x'), rule('6', 'column', 'add-prefix', 'c_')],
    );
    expect(read.targetSchema('shop')).toBe('store');
    expect(read.targetSchema('other')).toBe('other');
    expect(read.targetTable('shop', 'old_orders')).toBe('N_ORDERS');
    expect(read.targetColumn('shop', 'orders', 'id_x')).toBe('c_id');
  });

  test.each([
    [transformation('add-column', { 'rule-target': 'column' }), /rule 9: add-column is not supported: expressions/],
    [transformation('change-data-type', { 'rule-target': 'column' }), /rule 9: change-data-type is not supported/],
    [transformation('explode', { 'rule-target': 'column' }), /rule 9: rule-action 'explode'/],
    [transformation('rename', { 'rule-target': 'table' }), /rule 9: rename needs a value/],
    [{ ...selection('9', 'shop', '%'), filters: [{}] }, /rule 9: filters are not supported/],
    [{ ...selection('9', 'shop', '%', 'explicit') }, /rule 9: an explicit rule names one table/],
    [{ ...selection('9', 'shop', '%'), 'rule-type': 'table-settings' }, /rule 9: rule-type 'table-settings' is not supported/],
    [{ ...selection('1', 'shop', '%') }, /two rules have the rule-id 1/],
  ])('%j is refused', (rule, message) => {
    expect(() => mappings(selection('1', 'shop', 't'), rule)).toThrow(message);
  });

  test('no table at all, and no JSON, are refused', () => {
    expect(() => mappings(selection('1', 'shop', '%', 'exclude'))).toThrow(/no selection rule includes a table/);
    expect(() => readTableMappings('rules')).toThrow(/TableMappings is not JSON/);
  });
});

describe('settings of the target', () => {
  const minimal = { BucketName: 'bronze', DataFormat: 'parquet' };

  test('what is left out is as the service has it; a number that the AWS provider did not set too', () => {
    const defaults = { cdcMaxBatchInterval: 60, cdcMinFileSize: 32_000, maxFileSize: 1_048_576, rowGroupLength: 10_024 };
    expect(readS3Settings(minimal)).toMatchObject({
      ...defaults,
      compressionType: 'NONE',
      parquetVersion: 'PARQUET_1_0',
      enableStatistics: true,
    });
    expect(readS3Settings({ ...minimal, CdcMaxBatchInterval: 0, CdcMinFileSize: 0 })).toMatchObject(defaults);
    expect(readS3Settings({ ...minimal, CompressionType: 'gzip', ParquetVersion: 'parquet-2-0' })).toMatchObject({
      compressionType: 'GZIP',
      parquetVersion: 'PARQUET_2_0',
    });
  });

  test.each([
    [{ DataFormat: 'csv' }, /DataFormat: 'csv' is not supported/],
    [{ DatePartitionEnabled: true }, /DatePartitionEnabled is not supported/],
    [{ PreserveTransactions: true }, /PreserveTransactions is not supported/],
    [{ CdcPath: 'x' }, /CdcPath is not supported/],
    [{ GlueCatalogGeneration: true }, /GlueCatalogGeneration is not supported/],
    [{ CdcInsertsOnly: true, CdcInsertsAndUpdates: true }, /cannot both be true/],
    [{ CompressionType: 'zstd' }, /'zstd' is none of NONE, GZIP/],
    [{ EncryptionMode: 'SSE_KMS' }, /needs ServerSideEncryptionKmsKeyId/],
    [{ CdcMaxBatchInterval: 'soon' }, /S3Settings\.CdcMaxBatchInterval/],
  ])('%j is refused', (settings, message) => {
    expect(() => readS3Settings({ ...minimal, ...settings })).toThrow(message);
  });
});

describe('settings of the task', () => {
  test('what is left out is as the service has it', () => {
    expect(readTaskSettings(undefined)).toEqual({
      supportLobs: true,
      lobMaxSize: 32,
      refuseCut: false,
      emptyBeforeLoad: true,
      stopAfterLoad: false,
      applyDrop: true,
      applyTruncate: true,
      recoverableErrorCount: -1,
      recoverableErrorInterval: 5,
      recoverableErrorThrottling: true,
      recoverableErrorThrottlingMax: 1800,
    });
  });

  test.each([
    [{ TargetMetadata: { FullLobMode: true } }, /FullLobMode is not supported/],
    [{ TargetMetadata: { BatchApplyEnabled: true } }, /BatchApplyEnabled is not supported/],
    [
      { ChangeProcessingDdlHandlingPolicy: { HandleSourceTableAltered: false } },
      /HandleSourceTableAltered = false is not supported/,
    ],
    [{ ValidationSettings: { EnableValidation: true } }, /EnableValidation is not supported/],
    [{ TTSettings: { EnableTT: true } }, /EnableTT is not supported/],
    [{ BeforeImageSettings: { EnableBeforeImage: true } }, /BeforeImageSettings is not supported/],
    [{ FullLoadSettings: { StopTaskCachedChangesApplied: true } }, /StopTaskCachedChangesApplied is not supported/],
    [{ ControlTablesSettings: { HistoryTableEnabled: true } }, /HistoryTableEnabled is not supported/],
    [{ FullLoadSettings: { TargetTablePrepMode: 'MAYBE' } }, /TargetTablePrepMode/],
    [{ ErrorBehavior: { DataTruncationErrorPolicy: 'SUSPEND_TABLE' } }, /DataTruncationErrorPolicy/],
  ])('%j is refused', (settings, message) => {
    expect(() => readTaskSettings(JSON.stringify(settings))).toThrow(message);
  });
});

test.each([
  [{ Password: 'x' }, /a password in an endpoint is refused/],
  [{ MySQLSettings: { Password: 'x' } }, /a password in an endpoint is refused/],
  [{ MySQLSettings: {} }, /SecretsManagerSecretId is missing/],
  [{ SslMode: 'require', MySQLSettings: { SecretsManagerSecretId: 's' } }, /'require' does not exist for MySQL/],
  [{ MySQLSettings: { SecretsManagerSecretId: 's', AfterConnectScript: 'SET x' } }, /AfterConnectScript is not supported/],
  [{ EngineName: 'oracle' }, /EngineName/],
])('the source %j is refused', (endpoint, message) => {
  expect(() => readSourceSettings({ EngineName: 'mysql', ...endpoint })).toThrow(message);
});
