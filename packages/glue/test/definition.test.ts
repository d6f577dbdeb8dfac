import { readDefinition, readRunRequest } from '../src/definition';
import { readSettings } from '../src/settings';
import { definitionOf } from './support/glue-process';

const refused = (more: object) => {
  try {
    readDefinition({ ...definitionOf('job'), ...more });
  } catch (error) {
    return { name: (error as Error).name, message: (error as Error).message };
  }
  return undefined;
};

test('the least: what the service takes for granted is said', () => {
  expect(readDefinition(definitionOf('job'))).toMatchObject({
    Name: 'job',
    MaxRetries: 0,
    Timeout: 480,
    DefaultArguments: {},
    ExecutionProperty: { MaxConcurrentRuns: 1 },
  });
});

test('what only sizes a cluster has no effect and is let in', () => {
  const sized = readDefinition({ ...definitionOf('job'), WorkerType: 'G.1X', NumberOfWorkers: 2 });
  expect(sized).not.toHaveProperty('WorkerType');
});

test('special parameters that change nothing here, or are as they must be, are let in', () => {
  const DefaultArguments = {
    '--job-bookmark-option': 'job-bookmark-disable',
    '--datalake-formats': 'hudi',
    '--enable-metrics': 'true',
    '--conf': 'spark.serializer=org.apache.spark.serializer.KryoSerializer',
    '--TABLE': 'users',
  };
  expect(readDefinition({ ...definitionOf('job'), DefaultArguments }).DefaultArguments).toEqual(DefaultArguments);
});

test.each([
  [{ GlueVersion: '4.0' }, 'GlueVersion: must be 5.1: that is the Spark which is installed here'],
  [{ GlueVersion: undefined }, 'GlueVersion: must be 5.1: that is the Spark which is installed here'],
  [
    { Command: { Name: 'pythonshell', ScriptLocation: 's3://b/a.py' } },
    'Command.Name: must be glueetl: neither streaming nor Python shell jobs run here',
  ],
  [{ Command: { Name: 'glueetl', ScriptLocation: '/tmp/a.py' } }, 'Command.ScriptLocation: must be a Python file in S3'],
  [{ Command: { Name: 'glueetl', ScriptLocation: 's3://b/a.scala' } }, 'Command.ScriptLocation: must be a Python file in S3'],
  [{ MaxRetries: 11 }, expect.stringMatching(/^MaxRetries: /)],
  [{ Timeout: 0 }, expect.stringMatching(/^Timeout: /)],
  [{ ExecutionProperty: { MaxConcurrentRuns: 0 } }, expect.stringMatching(/^ExecutionProperty\.MaxConcurrentRuns: /)],
  [{ DefaultArguments: { TABLE: 'users' } }, 'DefaultArguments: names must begin with --'],
])('refuses %j', (more, message) => {
  expect(refused(more)).toEqual({ name: 'InvalidInputException', message });
});

test.each([
  ['--additional-python-modules', 'pandas==2', /^--additional-python-modules: modules are not installed for a run: give them as/],
  ['--python-modules-installer-option', '--upgrade', /^--python-modules-installer-option: modules are not installed for a run$/],
  ['--extra-jars', 's3://b/a.jar', /^--extra-jars: the session is shared: no jar is added for one job$/],
  ['--user-jars-first', 'true', /^--user-jars-first: the session is shared/],
  ['--enable-glue-datacatalog', 'true', /^--enable-glue-datacatalog: the session has no metastore/],
  ['--job-bookmark-option', 'job-bookmark-enable', /^--job-bookmark-option: there are no bookmarks here/],
  ['--datalake-formats', 'delta,hudi', /^--datalake-formats: only hudi is installed \(got delta,hudi\)$/],
  ['--conf', 'spark.executor.memory=4g', /^--conf: spark\.executor\.memory is decided when Spark starts/],
])('refuses the special parameter %s=%s of a job and of a run', (name, value, message) => {
  const refusal = { name: 'InvalidInputException', message: expect.stringMatching(message) };
  expect(refused({ DefaultArguments: { [name]: value } })).toEqual(refusal);
  expect(refused({ NonOverridableArguments: { [name]: value } })).toEqual(refusal);
  expect(() => readRunRequest({ Arguments: { [name]: value } })).toThrow(message);
});

test.each([
  [{ Timeout: 0 }, 'Timeout: must be a number of minutes from 1'],
  [{ JobRunId: 'jr_1' }, 'JobRunId: a run is not tried again by hand here: start another'],
  [{ Arguments: { TABLE: 'users' } }, 'Arguments: must be texts by names that begin with --'],
])('refuses a run with %j', (input, message) => {
  expect(() => readRunRequest(input)).toThrow(message);
});

test('all that is wrong is named at once', () => {
  const message = refused({ GlueVersion: '4.0', Timeout: 0 })!.message;
  expect(message).toMatch(/GlueVersion: .*; Timeout: /);
});

describe('--conf', () => {
  test.each([
    [undefined, {}],
    ['', {}],
    ['spark.sql.ansi.enabled=true', { 'spark.sql.ansi.enabled': 'true' }],
    [
      'spark.sql.a=1 --conf spark.sql.b=x=y  --conf spark.sql.c=two words',
      { 'spark.sql.a': '1', 'spark.sql.b': 'x=y', 'spark.sql.c': 'two words' },
    ],
    ['spark.sql.a= --conf spark.sql.a=2', { 'spark.sql.a': '2' }],
    ['spark.serializer=org.apache.spark.serializer.KryoSerializer', {}],
  ])('%s', (conf, settings) => {
    expect(readSettings(conf)).toEqual(settings);
  });

  test.each([
    ['spark.sql.a', /must be "spark\.name=value --conf spark\.name=value" \(got spark\.sql\.a\)/],
    ['hoodie.metadata.enable=false', /\(got hoodie\.metadata\.enable=false\)/],
    ['--conf spark.sql.a=1', /\(got --conf spark\.sql\.a=1\)/],
    ['spark.serializer=other', /only org\.apache\.spark\.serializer\.KryoSerializer can be had here \(got other\)/],
    ['spark.jars.packages=a:b:1', /spark\.jars\.packages is decided when Spark starts, .* only its default/],
  ])('refuses %s', (conf, message) => {
    expect(() => readSettings(conf)).toThrow(message);
  });
});
