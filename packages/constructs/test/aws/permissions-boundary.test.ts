import { boundaryArn, PermissionsBoundary } from '../../src';
import { synthesized } from '../synthesized';

test('one policy, whose ARN every stack knows before it exists', () => {
  let arn = '';
  const stack = synthesized((scope) => {
    new PermissionsBoundary(scope, 'boundary');
    arn = boundaryArn(scope);
  });
  expect(stack.one('aws_iam_policy').name).toBe('lakewright-boundary');
  expect(stack.one('aws_iam_policy')).not.toHaveProperty('path');
  expect(arn).toBe('arn:aws:iam::123456789012:policy/lakewright-boundary');
});

test('what workloads need is within it; nothing that makes or changes rights, keys, functions or buckets', () => {
  const stack = synthesized((scope) => new PermissionsBoundary(scope, 'boundary'));
  const statements = stack.policy('aws_iam_policy').Statement;
  const actions = statements.flatMap(({ Action }) => Action);
  expect(new Set(actions.map((action) => action.split(':')[0]))).toEqual(
    new Set('s3 kms sqs sns logs secretsmanager ec2 cloudwatch xray sts glue dms lambda states athena'.split(' ')),
  );
  expect(
    actions.filter(
      (action) =>
        // Tables of the catalog, and the policy of CloudWatch Logs that Step Functions keeps, are work.
        !['glue:CreateTable', 'logs:PutResourcePolicy'].includes(action) &&
        /:(Create(?!Log|NetworkInterface)|Put(?!Retention).*(Policy|Notification|Acl)|Update(?!Table|LogDelivery)|DeleteBucket|TagResource)/.test(
          action,
        ),
    ),
  ).toEqual([]);
  expect(statements.every(({ Effect }) => Effect === 'Allow')).toBe(true);
});

test('only buckets of this environment and roles of this account', () => {
  const stack = synthesized((scope) => new PermissionsBoundary(scope, 'boundary'));
  const statements = new Map(stack.policy('aws_iam_policy').Statement.map((statement) => [statement.Sid, statement.Resource]));
  expect(statements.get('Objects')).toEqual(['arn:aws:s3:::lakewright-*-dev-123456789012/*']);
  expect(statements.get('AssumeOwnRoles')).toEqual(['arn:aws:iam::123456789012:role/lakewright/*']);
  const everywhere = [...statements].filter(([, resource]) => resource === '*').map(([sid]) => sid);
  expect(everywhere).toEqual(['LookAtReplication', 'LogDeliveries', 'StandInNetworks', 'WriteMetrics', 'WriteTraces']);
  expect(statements.get('DatabaseMonitoring')).toEqual([
    'arn:aws:logs:eu-west-1:123456789012:log-group:RDSOSMetrics',
    'arn:aws:logs:eu-west-1:123456789012:log-group:RDSOSMetrics:*',
  ]);
  expect(statements.get('Secrets')).toEqual(['arn:aws:secretsmanager:eu-west-1:123456789012:secret:lakewright/*']);
});
