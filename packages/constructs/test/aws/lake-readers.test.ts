import { AthenaWorkgroup, LakeReaders } from '../../src';
import { refused, synthesized } from '../synthesized';
import { LakeParts } from './lake-parts';

const readers = (parts: LakeParts, databases = [parts.database()]) => {
  const { scope, bucket, key } = parts;
  const workgroup = new AthenaWorkgroup(scope, 'athena', { workgroupName: 'homes', description: 'Homes', results: bucket, key });
  return new LakeReaders(scope, 'readers', { roleName: 'homes_readers', group: 'analysts', workgroup, databases });
};

test('one permission set of the account gets in, within the boundary', () => {
  const stack = synthesized((scope) => readers(new LakeParts(scope)));
  const [trust, ...more] = stack.policy('aws_iam_role', 'readers', 'assume_role_policy').Statement;
  expect(more).toEqual([]);
  expect(trust).toMatchObject({
    Principal: { AWS: ['arn:aws:iam::123456789012:root'] },
    Action: ['sts:AssumeRole'],
    Condition: {
      ArnLike: {
        'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_analysts_*',
      },
    },
  });
  expect(stack.one('aws_iam_role', 'readers').permissions_boundary).toContain('lakewright-boundary');
});

test('they ask in one workgroup, read one database, and write nothing but results', () => {
  const stack = synthesized((scope) => readers(new LakeParts(scope)));
  const statements = new Map(stack.policy('aws_iam_role_policy', 'readers').Statement.map((one) => [one.Sid, one]));
  expect(statements.get('Ask')?.Resource).toEqual(['arn:aws:athena:eu-west-1:123456789012:workgroup/homes']);
  const writes = [...statements.values()].filter(({ Action }) =>
    Action.some((action) => /:(Put|Delete|Create|Update)/.test(action)),
  );
  expect(writes.map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
    ['Results', [expect.stringMatching(/aws_s3_bucket\.lake_\w+\.arn\}\/athena\/\*$/)]],
  ]);
  expect(statements.get('Readlake')?.Resource).toEqual([expect.stringMatching(/\.arn\}\/homes\/\*$/)]);
  // Results of others lie in the same bucket: they cannot be listed.
  expect(statements.get('Listlake')?.Condition).toEqual({ StringLike: { 's3:prefix': ['homes/*'] } });
  const actions = [...statements.values()].flatMap(({ Action }) => Action);
  expect(actions.filter((action) => /ListQueryExecutions|UpdateWorkGroup|BatchGetQueryExecution/.test(action))).toEqual([]);
});

test('refused: readers of nothing', () => {
  expect(refused((scope) => readers(new LakeParts(scope), [])).code).toBe('CONSTRUCT_LAKE_READERS');
});
