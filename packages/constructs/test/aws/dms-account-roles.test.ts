import { DmsAccountRoles } from '../../src';
import { synthesized } from '../synthesized';

test('made: by the exact names that DMS looks for, trusted by DMS, with its own policies', () => {
  const stack = synthesized((scope) => new DmsAccountRoles(scope, 'roles'));
  expect(
    stack
      .all('aws_iam_role')
      .map(({ name, path }) => [name, path])
      .sort(),
  ).toEqual([
    ['dms-cloudwatch-logs-role', undefined],
    ['dms-vpc-role', undefined],
  ]);
  for (const name of ['roles_vpc', 'roles_logs']) {
    const [trust] = stack.policy('aws_iam_role', name, 'assume_role_policy').Statement;
    expect(trust?.Principal).toEqual({ Service: ['dms.amazonaws.com'] });
  }
  expect(
    stack
      .all('aws_iam_role_policy_attachment')
      .map(({ policy_arn }) => policy_arn)
      .sort(),
  ).toEqual([
    'arn:aws:iam::aws:policy/service-role/AmazonDMSCloudWatchLogsRole',
    'arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole',
  ]);
});

test('imported: the same names, and nothing is made', () => {
  let names: string[] = [];
  const stack = synthesized(() => {
    names = Object.values(DmsAccountRoles.fromAccount());
  });
  expect(names).toEqual(['dms-vpc-role', 'dms-cloudwatch-logs-role']);
  expect(stack.all('aws_iam_role')).toEqual([]);
});
