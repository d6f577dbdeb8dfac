import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { AlarmTopic, bundleLambda, type LakewrightStack, LambdaInvocation, NodeLambda, StackKey } from '../../src';
import { refused, synthesized } from '../synthesized';

const entry = 'packages/constructs/test/fixtures/handler.ts';
const folder = mkdtempSync(join(projectRoot(), 'node_modules/.cache/invocation-'));
afterAll(() => rmSync(folder, { recursive: true }));

function payloadFile(text: string): string {
  writeFileSync(join(folder, 'payload.json'), text);
  return relative(projectRoot(), join(folder, 'payload.json'));
}

function invocationOf(scope: LakewrightStack, file: string): void {
  const key = new StackKey(scope, 'key', { description: 'Homes', alias: 'homes' });
  const alarms = new AlarmTopic(scope, 'alarms', { topicName: 'alarms', key });
  const fn = new NodeLambda(scope, 'fn', { functionName: 'homes', description: 'Homes', entry, key, alarms });
  new LambdaInvocation(scope, 'invocation', { invocationName: 'prepare', function: fn, payloadFile: file, after: [key.alias] });
}

test('by the name that people know it by, again when its code or its payload changes', () => {
  const stack = synthesized((scope) => invocationOf(scope, payloadFile('{ "rows": [1, 2] }')));
  expect(Object.keys(stack.json.resource.aws_lambda_invocation ?? {})).toEqual(['prepare']);
  expect(stack.one('aws_lambda_invocation')).toMatchObject({
    function_name: expect.stringContaining('aws_lambda_function.fn'),
    input: '{"rows":[1,2]}',
    lifecycle_scope: 'CREATE_ONLY',
    triggers: {
      code: bundleLambda(entry).sha256,
      payload: createHash('sha256').update('{"rows":[1,2]}').digest('hex'),
    },
  });
});

test('a payload that is only laid out anew is no change', () => {
  const inputs = ['{"rows":[1,2]}', '{\n  "rows": [1, 2]\n}\n'].map(
    (text) => synthesized((scope) => invocationOf(scope, payloadFile(text))).one('aws_lambda_invocation').triggers,
  );
  expect(inputs[0]).toEqual(inputs[1]);
});

test('it waits for the role, and for what the function calls', () => {
  const stack = synthesized((scope) => invocationOf(scope, payloadFile('{}')));
  expect(stack.one('aws_lambda_invocation').depends_on).toEqual(
    expect.arrayContaining([expect.stringContaining('aws_iam_role_policy.fn'), expect.stringContaining('aws_kms_alias.key')]),
  );
});

test.each([
  ['no file', () => 'apps/none.json'],
  ['no JSON', () => payloadFile('rows: 1')],
])('refused: %s', (_, file) => {
  const error = refused((scope) => invocationOf(scope, file()));
  expect(error.code).toBe('CONSTRUCT_INVOCATION_PAYLOAD');
  expect(error.message).toContain('payloadFile: must be a JSON file');
});
