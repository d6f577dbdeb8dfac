import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { SecureQueue } from './secure-queue';
import { ServiceRole } from './service-role';
import type { StackKey } from './stack-key';
import type { StateMachine } from './state-machine';

export interface MachineScheduleProps {
  readonly scheduleName: string;
  /** What it is called in Terraform: `aws_scheduler_schedule.<name>`. @default made from its place in the tree */
  readonly logicalId?: string;
  readonly machine: StateMachine;
  readonly key: StackKey;
}

/** Starts a state machine by the environment's clock, where its schedules of state machines are on; what could not be started is a dead letter. */
export class MachineSchedule extends Construct {
  readonly schedule: SchedulerSchedule;

  constructor(scope: Construct, id: string, { scheduleName, logicalId, machine, key }: MachineScheduleProps) {
    super(scope, id);
    const { aws, schedules } = LakewrightStack.of(this).environment;
    const deadLetters = new SecureQueue(this, 'dead_letters', { queueName: `${scheduleName}_schedule_dead_letters`, key });
    const role = new ServiceRole(this, 'role', {
      roleName: `${scheduleName}_schedule`,
      description: `Starts ${machine.machineName}`,
      trust: [
        {
          sid: 'AssumeByScheduler',
          principals: { services: ['scheduler.amazonaws.com'] },
          actions: ['sts:AssumeRole'],
          conditions: { StringEquals: { 'aws:SourceAccount': aws.accountId } },
        },
      ],
    });
    machine.grantStart(role);
    deadLetters.grantSend(role);
    this.schedule = new SchedulerSchedule(this, 'schedule', {
      name: scheduleName,
      description: `Starts ${machine.machineName}`,
      scheduleExpression: schedules.stateMachines.expression,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      state: schedules.stateMachines.enabled ? 'ENABLED' : 'DISABLED',
      kmsKeyArn: key.arn,
      target: {
        arn: machine.arn,
        roleArn: role.arn,
        deadLetterConfig: { arn: deadLetters.arn },
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      },
      dependsOn: [...role.ready],
    });
    if (logicalId) this.schedule.overrideLogicalId(logicalId);
  }
}
