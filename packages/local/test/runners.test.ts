import { readDeployment, support, supportOf } from '../src';
import { functionName, queueName } from '../src/aws/names';
import { matches } from '../src/runners/values';
import { workspaceFile } from '../src/workspace/files';
import { stateOf } from './support/state';

describe('what runs here', () => {
  test('a deployment is told type by type', () => {
    const deployment = readDeployment({ root: '/' }, [
      stateOf('s', '/s', [
        ['aws_sqs_queue', 'a', {}],
        ['aws_sqs_queue', 'b', {}],
        ['aws_dms_replication_config', 'c', {}],
        ['databricks_permissions', 'd', {}],
        ['aws_never_heard_of', 'e', {}],
      ]),
    ]);
    expect(supportOf(deployment)).toEqual([
      { type: 'aws_dms_replication_config', mode: 'refused', reason: expect.stringContaining('serverless') },
      { type: 'aws_never_heard_of', mode: 'state only', reason: 'there is no runner for it: nothing of it runs' },
      { type: 'aws_sqs_queue', mode: 'runs locally', family: 'sqs' },
      { type: 'databricks_permissions', mode: 'state only', reason: expect.stringContaining('whoever is at this machine') },
    ]);
  });

  test('the table names each type once', () => {
    const types = support().map(({ type }) => type);
    expect(types).toEqual([...new Set(types)].sort());
    expect(support().find(({ type }) => type === 'aws_lambda_function')).toMatchObject({
      mode: 'runs locally',
      family: 'lambda',
    });
    expect(support().find(({ type }) => type === 'aws_db_*')).toMatchObject({ mode: 'refused' });
  });
});

describe('comparing what is there with what is wanted', () => {
  test.each([
    [{ a: 1, more: 2 }, { a: 1 }, true],
    [{ a: 1 }, { a: 2 }, false],
    [{}, { a: 1 }, false],
    [{ a: 1 }, { a: undefined }, true],
    [{ a: 'x' }, { a: null }, false],
    [{ a: '' }, { a: null }, true],
    [['b', 'a'], ['a', 'b'], true],
    [['a', 'b', 'c'], ['a', 'b'], false],
    [undefined, [], true],
    [['a'], [], false],
    ['{"a":[1],"b":2}', '{ "b": 2, "a": [1] }', true],
    ['{"a":[1,2]}', '{"a":[2,1]}', false],
    ['{broken', '{broken!', false],
    [{ a: { b: [{ c: 1, d: 2 }] } }, { a: { b: [{ c: 1 }] } }, true],
    [1, '1', false],
  ])('%j against %j: %s', (actual, wanted, expected) => {
    expect(matches(actual, wanted)).toBe(expected);
  });
});

describe('names', () => {
  test('of queues, from addresses and ARNs', () => {
    expect(queueName('http://127.0.0.1:4566/000000000000/events')).toBe('events');
    expect(queueName('arn:aws:sqs:eu-west-1:000000000000:events.fifo')).toBe('events.fifo');
    expect(queueName('events')).toBe('events');
  });

  test('of functions, from names and ARNs', () => {
    expect(functionName('arn:aws:lambda:eu-west-1:000000000000:function:f:live')).toBe('f');
    expect(functionName('f')).toBe('f');
  });

  test('of workspace files, within the workspace', () => {
    const paths = { workspace: '/home/w' };
    expect(workspaceFile(paths, '/Workspace/Shared/a b/x.sql')).toBe('/home/w/Shared/a b/x.sql');
    expect(workspaceFile(paths, '/Shared/x.sql')).toBe('/home/w/Shared/x.sql');
    expect(workspaceFile(paths, '/WorkspaceX/x.sql')).toBe('/home/w/WorkspaceX/x.sql');
    expect(() => workspaceFile(paths, 'Shared/x.sql')).toThrow('is not a path of the workspace');
    expect(workspaceFile(paths, '/Shared/../../etc/passwd')).toBe('/home/w/etc/passwd');
  });
});
