import { refused, synthesized } from '../synthesized';
import { Replicated } from './replicated';

test('private, encrypted, of the size of the environment', () => {
  const stack = synthesized((scope) => new Replicated(scope).instance());
  expect(stack.one('aws_dms_replication_instance')).toMatchObject({
    replication_instance_id: 'homes',
    replication_instance_class: 'dms.t3.small',
    allocated_storage: 40,
    multi_az: true,
    publicly_accessible: false,
    kms_key_arn: expect.stringContaining('aws_kms_key'),
    vpc_security_group_ids: [expect.stringContaining('aws_security_group.replication_group')],
    depends_on: [expect.stringContaining('aws_cloudwatch_log_group.replication_log_group')],
  });
  expect(stack.one('aws_dms_replication_subnet_group').subnet_ids).toHaveLength(2);
});

test('the log of its tasks is kept and encrypted as all logs are', () => {
  const stack = synthesized((scope) => new Replicated(scope).instance());
  expect(stack.one('aws_cloudwatch_log_group', 'replication')).toMatchObject({
    name: 'dms-tasks-homes',
    retention_in_days: 7,
    kms_key_id: expect.stringContaining('aws_kms_key'),
  });
});

test('alarms: little storage, a busy processor', () => {
  const alarms = synthesized((scope) => new Replicated(scope).instance()).all('aws_cloudwatch_metric_alarm');
  expect(alarms.map(({ metric_name, threshold }) => [metric_name, threshold]).sort()).toEqual([
    ['CPUUtilization', 85],
    ['FreeStorageSpace', 6 * 2 ** 30],
  ]);
  for (const { dimensions } of alarms) expect(dimensions).toEqual({ ReplicationInstanceIdentifier: 'homes' });
});

test('refused: a name that DMS would refuse', () => {
  const error = refused((scope) => new Replicated(scope).instance('homes--2'));
  expect(error.code).toBe('CONSTRUCT_REPLICATION_INSTANCE');
  expect(error.message).toContain('"homes--2"');
});
