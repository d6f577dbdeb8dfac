import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { found } from '../aws/found';
import type { DeployedResource } from '../deployment/deployment';
import { mend } from './mend';
import type { ResourceRunner, Runner } from './runner';
import { block, optionalText, text } from './values';

const schedule: ResourceRunner = {
  limits: 'fires while services run; what was due in between is lost, nothing is tried again, and there are no dead letters',
  identity: (resource) => ({ name: text(resource, 'name'), group: optionalText(resource.values, 'group_name') ?? 'default' }),
  async reconcile(resource, { aws: { scheduler } }) {
    const wanted = settings(resource);
    const { Name, GroupName } = wanted;
    const actual = await found(scheduler.send(new GetScheduleCommand({ Name, GroupName })));
    return mend(actual, wanted, () =>
      scheduler.send(actual ? new UpdateScheduleCommand(wanted) : new CreateScheduleCommand(wanted)),
    );
  },
  async remove({ identity }, { aws: { scheduler } }) {
    await found(scheduler.send(new DeleteScheduleCommand({ Name: identity.name!, GroupName: identity.group! })));
  },
};

function settings(resource: DeployedResource): CreateScheduleCommandInput {
  const { values } = resource;
  const target = block(values, 'target') ?? {};
  const window = block(values, 'flexible_time_window') ?? {};
  return {
    Name: text(resource, 'name'),
    GroupName: optionalText(values, 'group_name') ?? 'default',
    ScheduleExpression: text(resource, 'schedule_expression'),
    ScheduleExpressionTimezone: optionalText(values, 'schedule_expression_timezone') ?? 'UTC',
    State: (optionalText(values, 'state') ?? 'ENABLED') as 'ENABLED' | 'DISABLED',
    FlexibleTimeWindow: { Mode: (optionalText(window, 'mode') ?? 'OFF') as 'OFF' | 'FLEXIBLE' },
    Target: {
      Arn: optionalText(target, 'arn'),
      RoleArn: optionalText(target, 'role_arn'),
      Input: optionalText(target, 'input'),
    },
  };
}

export const scheduleRunner: Runner = { family: 'EventBridge Scheduler', resources: { aws_scheduler_schedule: schedule } };
