import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { found } from '../aws/found';
import { mend, part } from './mend';
import type { ResourceRunner, Runner } from './runner';
import { optionalNumber, optionalText, text } from './values';

const logGroup: ResourceRunner = {
  identity: (resource) => ({ name: text(resource, 'name') }),
  async reconcile(resource, { aws: { logs } }) {
    const logGroupName = text(resource, 'name');
    // Zero is Terraform's word for "for ever".
    const retentionInDays = optionalNumber(resource.values, 'retention_in_days') || undefined;
    const page = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
    const existing = page.logGroups?.find((group) => group.logGroupName === logGroupName);
    if (!existing) {
      await logs.send(new CreateLogGroupCommand({ logGroupName, kmsKeyId: optionalText(resource.values, 'kms_key_id') }));
    }
    const retention = await mend({ days: existing?.retentionInDays }, { days: retentionInDays ?? null }, () =>
      retentionInDays
        ? logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }))
        : logs.send(new DeleteRetentionPolicyCommand({ logGroupName })),
    );
    return existing ? part(retention) : 'created';
  },
  async remove({ identity }, { aws: { logs } }) {
    await found(logs.send(new DeleteLogGroupCommand({ logGroupName: identity.name! })));
  },
};

/** Log groups; Lambda functions write to theirs. */
export const logsRunner: Runner = { family: 'logs', resources: { aws_cloudwatch_log_group: logGroup } };
