import { bucketName, type Environment } from '@lakewright/config';
import {
  addAwsProvider,
  LakewrightStack,
  NodeLambda,
  type NodeLambdaProps,
  QueuedBucketEvents,
  type QueuedBucketEventsProps,
  SecureBucket,
  StackKey,
  SystemDashboard,
} from '@lakewright/constructs';
import type { Construct } from 'constructs';
import type { AwsFoundationStack } from './foundation';

export interface AwsSystemProps {
  /** The name of the system, its folder in `apps/` and its file in `systems/`. */
  readonly system: string;
  readonly environment: Environment;
  readonly foundation: AwsFoundationStack;
}

/** Where something lies for others to read: the Databricks stack is told both in one. */
export interface BucketFolder {
  readonly bucket: SecureBucket;
  /** Ends with "/". */
  readonly prefix: string;
}

/**
 * The stack `aws-<system>`: one key for all of it, the bucket that its tables lie in, and what a file in `systems/` adds. What is
 * added here is encrypted by that key, logged and rung for in the foundation, and named after the system.
 */
export abstract class AwsSystemStack extends LakewrightStack {
  /** Managed storage of the system's catalog. */
  readonly lake: SecureBucket;
  protected readonly system: string;
  protected readonly key: StackKey;
  private readonly foundation: AwsFoundationStack;
  private readonly buckets: SecureBucket[] = [];
  private readonly functions: NodeLambda[] = [];
  private readonly events: QueuedBucketEvents[] = [];

  constructor(scope: Construct, { system, environment, foundation }: AwsSystemProps) {
    super(scope, `aws-${system}`, environment);
    this.system = system;
    this.foundation = foundation;
    addAwsProvider(this, system);
    this.key = new StackKey(this, 'key', { description: `Everything of ${system}`, alias: system, mayLoseData: true });
    this.lake = this.newBucket('lake');
  }

  /** @param part what lies there, in ten characters at most: the bucket is named after it */
  protected addBucket(part: string): SecureBucket {
    const bucket = this.newBucket(part);
    this.buckets.push(bucket);
    return bucket;
  }

  /** The function of that name; its code is `apps/<system>/lambdas/<name>/handler.ts`. */
  protected addFunction(name: string, props: Omit<NodeLambdaProps, 'functionName' | 'entry' | 'key' | 'alarms'>): NodeLambda {
    const added = new NodeLambda(this, name, {
      ...props,
      functionName: name,
      entry: `apps/${this.system}/lambdas/${name}/handler.ts`,
      key: this.key,
      alarms: this.foundation.alarms,
    });
    this.functions.push(added);
    return added;
  }

  /** Objects of a bucket that come and go, through a queue to a function. */
  protected addBucketEvents(id: string, props: Omit<QueuedBucketEventsProps, 'key' | 'alarms'>): QueuedBucketEvents {
    const added = new QueuedBucketEvents(this, id, { ...props, key: this.key, alarms: this.foundation.alarms });
    this.events.push(added);
    return added;
  }

  /** The CloudWatch page of everything that was added before. */
  protected addSystemDashboard(): SystemDashboard {
    return new SystemDashboard(this, 'dashboard', {
      dashboardName: `lakewright-${this.system}`,
      functions: this.functions,
      events: this.events,
      buckets: [...this.buckets, this.lake],
    });
  }

  private newBucket(part: string): SecureBucket {
    return new SecureBucket(this, part, {
      bucketName: bucketName(this.environment, this.system, part),
      key: this.key,
      accessLogs: this.foundation.accessLogs,
      mayLoseData: true,
    });
  }
}
