import { ServiceRole } from '../../src';
import { refused, synthesized } from '../synthesized';

const trust = [{ sid: 'Trust', principals: { services: ['lambda.amazonaws.com'] }, actions: ['sts:AssumeRole'] }];
const read = { sid: 'Read', actions: ['s3:GetObject'], resources: ['arn:a'] };

test('a role on the path of the project with one policy', () => {
  const stack = synthesized((scope) => {
    const role = new ServiceRole(scope, 'role', { roleName: 'reader', description: 'Reads', trust });
    role.addToPolicy(read);
  });
  expect(stack.one('aws_iam_role')).toMatchObject({ name: 'reader', path: '/lakewright/', description: 'Reads' });
  expect(stack.policy('aws_iam_role', '', 'assume_role_policy').Statement[0]?.Principal).toEqual({
    Service: ['lambda.amazonaws.com'],
  });
  expect(stack.policy('aws_iam_role_policy').Statement).toHaveLength(1);
});

test('the same grant twice is one statement, another of the same name gets a number', () => {
  const stack = synthesized((scope) => {
    const role = new ServiceRole(scope, 'role', { roleName: 'reader', description: 'Reads', trust });
    role.addToPolicy(read, read, { ...read, resources: ['arn:b'] }, { ...read, resources: ['arn:b'] });
  });
  const statements = stack.policy('aws_iam_role_policy').Statement;
  expect(statements.map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
    ['Read', ['arn:a']],
    ['Read2', ['arn:b']],
  ]);
});

test('the boundary of the account holds for it', () => {
  const stack = synthesized((scope) => {
    new ServiceRole(scope, 'role', { roleName: 'reader', description: 'Reads', trust }).addToPolicy(read);
  });
  expect(stack.one('aws_iam_role').permissions_boundary).toBe('arn:aws:iam::123456789012:policy/lakewright-boundary');
});

describe('a grant that the boundary would take back', () => {
  const makesUsers = { sid: 'MakeUsers', actions: ['s3:GetObject', 'iam:CreateUser'], resources: ['arn:a'] };
  const granted = (unboundedBecause?: string) =>
    synthesized((scope) => {
      new ServiceRole(scope, 'role', { roleName: 'maker', description: '', trust, unboundedBecause }).addToPolicy(makesUsers);
    });

  test('does not synthesize', () => {
    expect(() => granted()).toThrow(
      'test/role: statement MakeUsers must stay within the permissions boundary (got iam:CreateUser)',
    );
  });

  test('needs a reason why there is no boundary', () => {
    expect(granted('it makes users').one('aws_iam_role')).not.toHaveProperty('permissions_boundary');
  });
});

test('a role without permissions does not synthesize', () => {
  const build = () =>
    synthesized((scope) => {
      new ServiceRole(scope, 'role', { roleName: 'idle', description: 'Does nothing', trust });
    });
  expect(build).toThrow('test/role: a role must be granted something');
});

test('more than a role holds inline does not synthesize', () => {
  const resources = Array.from({ length: 400 }, (_, index) => `arn:aws:s3:::a-bucket-with-a-long-name-${index}`);
  const build = () =>
    synthesized((scope) => {
      new ServiceRole(scope, 'role', { roleName: 'wide', description: '', trust }).addToPolicy({ ...read, resources });
    });
  expect(build).toThrow(/test\/role: its policy must be 10240 characters at most \(got \d{5}\)/);
});

test('a name IAM refuses', () => {
  const roleName = 'x'.repeat(65);
  const error = refused((scope) => new ServiceRole(scope, 'role', { roleName, description: '', trust }));
  expect(error.code).toBe('CONSTRUCT_ROLE_NAME');
  expect(error.message).toContain(roleName);
});
