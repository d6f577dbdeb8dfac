import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config';
import { LakewrightError } from '@lakewright/config';
import { AssetType, type ITerraformDependable, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import type { AlarmTopic } from './alarm-topic';
import { BUNDLE_HANDLER, bundleLambda, type LambdaBundle } from './lambda-bundle';
import { networkStatements } from './network-interfaces';
import { EveryResource, type Grantee, type PolicyStatement } from './policy';
import type { PrivateNetwork } from './private-network';
import { SecureQueue } from './secure-queue';
import type { SecurityGroup } from './security-group';
import { ServiceRole } from './service-role';
import type { StackKey } from './stack-key';

/** What one handler with one SDK client takes: S3 alone is 132 kB (measured with 3.1000.0). */
export const DEFAULT_MAX_ZIP_BYTES = 200_000;

export interface NodeLambdaProps {
  /** Unique in the account and region. */
  readonly functionName: string;
  readonly description: string;
  /** The file that exports `handler`, relative to the project: `apps/<system>/lambdas/<function>/handler.ts`. */
  readonly entry: string;
  /** Encrypts environment variables, logs and dead letters. */
  readonly key: StackKey;
  /** Told of errors, of events that wait too long, and of dead letters. */
  readonly alarms: AlarmTopic;
  /** @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default 30 */
  readonly timeoutSeconds?: number;
  /** @default the environment's size */
  readonly memoryMb?: number;
  /** @default arm64: the cheaper of the two, and JavaScript does not mind */
  readonly architecture?: 'arm64' | 'x86_64';
  /** @default as many at once as the account has left */
  readonly reservedConcurrency?: number;
  /** Most bytes of the zip. @default 200 kB: a bundle that grows over it has taken in something by mistake */
  readonly maxZipBytes?: number;
  /** An asynchronous event older than this rings. @default 900 */
  readonly maxEventAgeSeconds?: number;
  /** Where it stands, when it must reach what lies in a network. @default in no network: it reaches what has public addresses */
  readonly network?: LambdaNetwork;
  /** Trusts the certificates of RDS beside the public ones. @default false */
  readonly trustsRds?: boolean;
}

/** A place in a network. */
export interface LambdaNetwork {
  readonly network: PrivateNetwork;
  readonly group: SecurityGroup;
}

/**
 * The certificates of RDS that the runtime carries; from Node 20 on they are not loaded unless this names them (Lambda Developer Guide,
 * "Building Lambda functions with Node.js", Runtime-certificates).
 */
const RDS_CERTIFICATES = { NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' };

/** A Node 22 function from one TypeScript file: its own role, log, dead letters, traces and alarms. */
export class NodeLambda extends Construct implements Grantee {
  readonly function: LambdaFunction;
  readonly arn: string;
  readonly functionName: string;
  readonly timeoutSeconds: number;
  readonly role: ServiceRole;
  /** Events that failed as often as Lambda tries. */
  readonly deadLetters: SecureQueue;
  /** Of the code that is deployed; changes with it. */
  readonly codeSha256: string;
  private readonly props: NodeLambdaProps;

  constructor(scope: Construct, id: string, props: NodeLambdaProps) {
    super(scope, id);
    this.props = props;
    this.functionName = props.functionName;
    this.timeoutSeconds = props.timeoutSeconds ?? 30;
    this.validateName();
    this.validateTimeout();
    this.validateConcurrency();
    const bundle = bundleLambda(props.entry);
    this.validateSize(bundle);
    this.codeSha256 = bundle.sha256;
    const logGroup = this.addLogGroup();
    this.deadLetters = new SecureQueue(this, 'dead_letters', {
      queueName: `${this.functionName}_dead_letters`,
      key: props.key,
    });
    this.role = this.addRole(logGroup);
    this.function = this.addFunction(bundle, logGroup);
    this.arn = this.function.arn;
    this.addAsyncRules();
    this.addAlarms();
  }

  addToPolicy(...statements: PolicyStatement[]): void {
    this.role.addToPolicy(...statements);
  }

  /** What must exist before it can do its work: itself, what it may, and its way through the network. */
  get ready(): readonly ITerraformDependable[] {
    const { network } = this.props;
    return [this.function, ...this.role.ready, ...(network ? [...network.group.ready, ...network.network.ready] : [])];
  }

  /** Invokes it and waits for its answer. */
  grantInvoke(grantee: Grantee): void {
    const sid = `Invoke${this.functionName.replaceAll(/[^A-Za-z0-9]/g, '')}`;
    grantee.addToPolicy({ sid, actions: ['lambda:InvokeFunction'], resources: [this.arn] });
  }

  private addLogGroup(): CloudwatchLogGroup {
    this.props.key.grantLogs();
    return new CloudwatchLogGroup(this, 'log_group', {
      name: `/aws/lambda/${this.functionName}`,
      retentionInDays: LakewrightStack.of(this).environment.retention.logDays,
      kmsKeyId: this.props.key.arn,
    });
  }

  private addRole(logGroup: CloudwatchLogGroup): ServiceRole {
    const role = new ServiceRole(this, 'role', {
      roleName: this.functionName,
      description: `What ${this.functionName} may do`,
      trust: [{ sid: 'AssumeByLambda', principals: { services: ['lambda.amazonaws.com'] }, actions: ['sts:AssumeRole'] }],
    });
    role.addToPolicy(
      { sid: 'WriteLog', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${logGroup.arn}:*`] },
      {
        sid: 'WriteTraces',
        actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
        resources: new EveryResource('X-Ray knows no resources for writing traces'),
      },
    );
    this.deadLetters.grantSend(role);
    if (this.props.network) role.addToPolicy(...networkStatements(this, this.functionName));
    return role;
  }

  private addFunction(bundle: LambdaBundle, logGroup: CloudwatchLogGroup): LambdaFunction {
    const { props } = this;
    const asset = new TerraformAsset(this, 'code', { path: bundle.zipPath, type: AssetType.FILE });
    return new LambdaFunction(this, 'function', {
      functionName: this.functionName,
      description: props.description,
      role: this.role.arn,
      runtime: 'nodejs22.x',
      architectures: [props.architecture ?? 'arm64'],
      handler: BUNDLE_HANDLER,
      filename: asset.path,
      sourceCodeHash: bundle.sha256,
      timeout: this.timeoutSeconds,
      memorySize: props.memoryMb ?? LakewrightStack.of(this).environment.sizes.lambdaMemoryMb,
      reservedConcurrentExecutions: props.reservedConcurrency,
      kmsKeyArn: props.key.arn,
      ...((props.environment || props.trustsRds) && {
        environment: { variables: { ...props.environment, ...(props.trustsRds && RDS_CERTIFICATES) } },
      }),
      ...(props.network && {
        vpcConfig: { subnetIds: props.network.network.subnetIds, securityGroupIds: [props.network.group.groupId] },
      }),
      deadLetterConfig: { targetArn: this.deadLetters.arn },
      tracingConfig: { mode: 'Active' },
      loggingConfig: { logFormat: 'JSON', logGroup: logGroup.name },
      // Lambda checks at creation that the role may send to the dead letters.
      dependsOn: [...this.role.ready],
    });
  }

  private addAsyncRules(): void {
    new LambdaFunctionEventInvokeConfig(this, 'async', {
      functionName: this.function.functionName,
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: 6 * 3600,
    });
  }

  private addAlarms(): void {
    const dimensions = { FunctionName: this.functionName };
    const metric = { namespace: 'AWS/Lambda', dimensions };
    const age = this.props.maxEventAgeSeconds ?? 900;
    this.props.alarms.addAlarm(this, 'errors_alarm', {
      ...metric,
      alarmName: `${this.functionName} errors`,
      description: `${this.functionName} failed: read its log /aws/lambda/${this.functionName}.`,
      runbook: 'lambda-errors',
      metricName: 'Errors',
      statistic: 'Sum',
      threshold: 1,
    });
    this.props.alarms.addAlarm(this, 'event_age_alarm', {
      ...metric,
      alarmName: `${this.functionName} event age`,
      description: `An asynchronous event of ${this.functionName} waits for ${age} s: is it throttled, or failing and tried again?`,
      runbook: 'lambda-event-age',
      metricName: 'AsyncEventAge',
      statistic: 'Maximum',
      // The metric is in milliseconds.
      threshold: age * 1000,
    });
    this.props.alarms.addAlarm(this, 'dead_letters_alarm', {
      alarmName: `${this.functionName} dead letters`,
      description: `Events of ${this.functionName} were given up: mend the cause, then move them back from ${this.deadLetters.queueName}.`,
      runbook: 'lambda-dead-letters',
      namespace: 'AWS/SQS',
      dimensions: { QueueName: this.deadLetters.queueName },
      metricName: 'ApproximateNumberOfMessagesVisible',
      statistic: 'Maximum',
      threshold: 1,
    });
  }

  private validateName(): void {
    if (/^[\w-]{1,64}$/.test(this.functionName)) return;
    throw new LakewrightError(
      'CONSTRUCT_LAMBDA_NAME',
      `functionName: must be 1 to 64 letters, digits, "_" and "-" (got "${this.functionName}")`,
      { hint: 'shorten it' },
    );
  }

  private validateTimeout(): void {
    const seconds = this.timeoutSeconds;
    if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 900) return;
    throw new LakewrightError('CONSTRUCT_LAMBDA_TIMEOUT', `timeoutSeconds: must be 1 to 900 whole seconds (got ${seconds})`, {
      hint: 'work longer than 15 minutes belongs into a job',
    });
  }

  private validateConcurrency(): void {
    const reserved = this.props.reservedConcurrency;
    if (reserved === undefined || (Number.isInteger(reserved) && reserved >= 1)) return;
    throw new LakewrightError('CONSTRUCT_LAMBDA_CONCURRENCY', `reservedConcurrency: must be 1 or more (got ${reserved})`, {
      hint: '0 would stop the function; leave it out for no reservation',
    });
  }

  private validateSize({ bytes }: LambdaBundle): void {
    const most = this.props.maxZipBytes ?? DEFAULT_MAX_ZIP_BYTES;
    if (bytes <= most) return;
    throw new LakewrightError(
      'CONSTRUCT_LAMBDA_SIZE',
      `entry ${this.props.entry}: its zip must be ${most} bytes at most (got ${bytes})`,
      {
        hint: 'import single clients and functions, or raise maxZipBytes knowingly',
      },
    );
  }
}
