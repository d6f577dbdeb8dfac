import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import type { AlarmTopic } from './alarm-topic';
import { LOG_DELIVERY_ACTIONS } from './log-delivery';
import { EveryResource, type Grantee, type PolicyStatement } from './policy';
import { ServiceRole } from './service-role';
import type { StackKey } from './stack-key';
import { type StateMachineDefinition, validateDefinition } from './states';

export interface StateMachineProps {
  /** Unique in the account and region. */
  readonly machineName: string;
  /** What it is called in Terraform: `aws_sfn_state_machine.<name>`. @default made from its place in the tree */
  readonly logicalId?: string;
  readonly definition: StateMachineDefinition;
  readonly key: StackKey;
  readonly alarms: AlarmTopic;
}

/** A standard state machine: encrypted, logged, traced, with a role of its own, and alarms when an execution does not end well. */
export class StateMachine extends Construct implements Grantee {
  readonly machine: SfnStateMachine;
  readonly machineName: string;
  readonly arn: string;
  readonly role: ServiceRole;

  constructor(scope: Construct, id: string, props: StateMachineProps) {
    super(scope, id);
    this.validateName(props.machineName);
    validateDefinition(props.definition);
    this.machineName = props.machineName;
    this.role = this.addRole(props);
    props.key.grantLogs();
    const logs = new CloudwatchLogGroup(this, 'log_group', {
      // The prefix keeps the policy of CloudWatch Logs short (Step Functions docs, "Logging ... in CloudWatch Logs").
      name: `/aws/vendedlogs/states/${props.machineName}`,
      retentionInDays: LakewrightStack.of(this).environment.retention.logDays,
      kmsKeyId: props.key.arn,
    });
    this.machine = new SfnStateMachine(this, 'machine', {
      name: props.machineName,
      type: 'STANDARD',
      roleArn: this.role.arn,
      definition: JSON.stringify(props.definition),
      loggingConfiguration: { level: 'ERROR', includeExecutionData: false, logDestination: `${logs.arn}:*` },
      tracingConfiguration: { enabled: true },
      encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: props.key.arn },
      dependsOn: [...this.role.ready],
    });
    if (props.logicalId) this.machine.overrideLogicalId(props.logicalId);
    this.arn = this.machine.arn;
    this.addAlarms(props.alarms);
  }

  addToPolicy(...statements: PolicyStatement[]): void {
    this.role.addToPolicy(...statements);
  }

  /** Starts executions. */
  grantStart(grantee: Grantee): void {
    grantee.addToPolicy({ sid: 'StartExecutions', actions: ['states:StartExecution'], resources: [this.arn] });
  }

  private addRole({ machineName, key }: StateMachineProps): ServiceRole {
    const { accountId } = LakewrightStack.of(this).environment.aws;
    const role = new ServiceRole(this, 'role', {
      roleName: machineName,
      description: `What the state machine ${machineName} may do`,
      trust: [
        {
          sid: 'AssumeByStepFunctions',
          principals: { services: ['states.amazonaws.com'] },
          actions: ['sts:AssumeRole'],
          conditions: { StringEquals: { 'aws:SourceAccount': accountId } },
        },
      ],
    });
    key.grantEncryptDecrypt(role);
    role.addToPolicy(
      {
        sid: 'DeliverLogs',
        actions: LOG_DELIVERY_ACTIONS,
        resources: new EveryResource('CloudWatch Logs knows no resources for log deliveries'),
      },
      {
        sid: 'WriteTraces',
        actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
        resources: new EveryResource('X-Ray knows no resources for writing traces'),
      },
    );
    return role;
  }

  private addAlarms(alarms: AlarmTopic): void {
    for (const [metricName, what] of [
      ['ExecutionsFailed', 'failed'],
      ['ExecutionsTimedOut', 'took too long'],
      ['ExecutionsAborted', 'was stopped'],
    ] as const) {
      alarms.addAlarm(this, `${metricName.toLowerCase()}_alarm`, {
        alarmName: `${this.machineName} ${what}`,
        description: `An execution of ${this.machineName} ${what}: its cause names the table and the job.`,
        runbook: 'executions-failed',
        namespace: 'AWS/States',
        metricName,
        dimensions: { StateMachineArn: this.arn },
        statistic: 'Sum',
        threshold: 1,
      });
    }
  }

  private validateName(name: string): void {
    if (/^[\w-]{1,64}$/.test(name)) return;
    throw new LakewrightError(
      'CONSTRUCT_STATE_MACHINE',
      `machineName: must be 1 to 64 letters, digits, "_" and "-" (got "${name}")`,
      { hint: 'its role has the same name' },
    );
  }
}
