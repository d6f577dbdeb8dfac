import { type DmsTaskSettings, dmsTaskSettingsJson } from '../../src';
import { refused } from '../synthesized';

test('minimal: nothing is lost silently, and nothing that was written is deleted', () => {
  expect(JSON.parse(dmsTaskSettingsJson())).toMatchObject({
    TargetMetadata: { LimitedSizeLobMode: true, LobMaxSize: 1024, BatchApplyEnabled: false },
    FullLoadSettings: { TargetTablePrepMode: 'DO_NOTHING', MaxFullLoadSubTasks: 8, StopTaskCachedChangesApplied: false },
    Logging: { EnableLogging: true },
    ErrorBehavior: {
      DataErrorPolicy: 'STOP_TASK',
      DataTruncationErrorPolicy: 'STOP_TASK',
      TableErrorPolicy: 'STOP_TASK',
      RecoverableErrorCount: -1,
    },
    ChangeProcessingDdlHandlingPolicy: {
      HandleSourceTableDropped: false,
      HandleSourceTableTruncated: false,
      HandleSourceTableAltered: true,
    },
    BeforeImageSettings: null,
  });
});

test('everything set', () => {
  const settings = JSON.parse(dmsTaskSettingsJson({ fullLoadSubTasks: 2, lobMaxKb: 64, logSeverity: 'debug' }));
  expect(settings.FullLoadSettings.MaxFullLoadSubTasks).toBe(2);
  expect(settings.TargetMetadata.LobMaxSize).toBe(64);
  const severities = (settings.Logging.LogComponents as { Severity: string }[]).map(({ Severity }) => Severity);
  expect(new Set(severities)).toEqual(new Set(['LOGGER_SEVERITY_DEBUG']));
});

test('what the provider refuses to be told is not said', () => {
  const { Logging } = JSON.parse(dmsTaskSettingsJson());
  expect(Object.keys(Logging)).toEqual(['EnableLogging', 'LogComponents']);
});

test.each<[string, DmsTaskSettings, string]>([
  ['no table at once', { fullLoadSubTasks: 0 }, 'fullLoadSubTasks: must be a whole number from 1 to 49 (got 0)'],
  ['more than the service takes', { fullLoadSubTasks: 50 }, '(got 50)'],
  ['a part of a kilobyte', { lobMaxKb: 0.5 }, 'lobMaxKb'],
])('refused: %s', (_, settings, message) => {
  const error = refused(() => dmsTaskSettingsJson(settings));
  expect(error.code).toBe('CONSTRUCT_DMS_TASK_SETTINGS');
  expect(error.message).toContain(message);
});
