import {
  denyInsecureTransport,
  EveryResource,
  managedPolicyDocument,
  type PolicyStatement,
  policyDocument,
} from '../../src/aws/policy';
import { refused } from '../synthesized';

const statement: PolicyStatement = { sid: 'Read', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::homes/*'] };

test('a statement as IAM wants it', () => {
  expect(JSON.parse(policyDocument([statement]))).toEqual({
    Version: '2012-10-17',
    Statement: [{ Sid: 'Read', Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::homes/*'] }],
  });
});

test('everything set', () => {
  const full: PolicyStatement = {
    ...statement,
    effect: 'Deny',
    resources: new EveryResource('a test'),
    principals: { aws: ['1'], services: ['s3.amazonaws.com'], federated: ['f'] },
    conditions: { Bool: { a: 'true' } },
  };
  expect(JSON.parse(policyDocument([full])).Statement).toEqual([
    {
      Sid: 'Read',
      Effect: 'Deny',
      Principal: { AWS: ['1'], Service: ['s3.amazonaws.com'], Federated: ['f'] },
      Action: ['s3:GetObject'],
      Resource: '*',
      Condition: { Bool: { a: 'true' } },
    },
  ]);
});

test('everybody of one account may be allowed, as policies of endpoints have it', () => {
  const conditions = { StringEquals: { 'aws:PrincipalAccount': '123456789012' } };
  const [allowed] = JSON.parse(policyDocument([{ ...statement, principals: { aws: ['*'] }, conditions }])).Statement;
  expect(allowed).toMatchObject({ Effect: 'Allow', Principal: { AWS: ['*'] }, Condition: conditions });
});

test('refused: a managed policy that is larger than IAM takes', () => {
  const resources = Array.from({ length: 200 }, (_, index) => `arn:aws:s3:::a-bucket-with-a-long-name-${index}`);
  const error = refused(() => managedPolicyDocument([{ ...statement, resources }]));
  expect(error.code).toBe('CONSTRUCT_POLICY');
  expect(error.message).toMatch(/must be 6144 characters at most \(got \d{4}\)/);
});

test('everybody may be denied everything', () => {
  expect(JSON.parse(policyDocument([denyInsecureTransport('s3', ['arn'])])).Statement[0]).toMatchObject({
    Effect: 'Deny',
    Action: ['s3:*'],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
});

test.each<[string, Partial<PolicyStatement>, string]>([
  ['every action', { actions: ['*'] }, '(got *)'],
  ['every action of a service', { actions: ['s3:GetObject', 's3:*'] }, '(got s3:*)'],
  ['no action', { actions: [] }, '(got none)'],
  ['every resource without a reason', { resources: ['*'] }, 'without a reason'],
  ['everybody', { principals: { aws: ['*'] } }, 'everybody may only be denied'],
  ['a sid IAM refuses', { sid: 'read it' }, '"read it"'],
])('refused: %s', (_, changes, message) => {
  const error = refused(() => policyDocument([{ ...statement, ...changes }]));
  expect(error.code).toBe('CONSTRUCT_POLICY');
  expect(error.message).toContain(message);
});
