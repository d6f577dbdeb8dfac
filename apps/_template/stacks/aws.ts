import { bucketName, type Environment } from '@lakewright/config';
import { addAwsProvider, LakewrightStack, NodeLambda, SecureBucket, StackKey } from '@lakewright/constructs';
import type { AwsFoundationStack } from '@lakewright/stacks-aws';
import type { Construct } from 'constructs';

/** Where the records lie in their bucket. */
export const RECORDS_PREFIX = 'records/';

/** newsystem: a function that writes records, the bucket they lie in, and the storage of its catalog. */
export default class AwsNewSystemStack extends LakewrightStack {
  readonly records: SecureBucket;
  /** Managed storage of the catalog. */
  readonly lake: SecureBucket;
  private readonly key: StackKey;

  constructor(
    scope: Construct,
    environment: Environment,
    private readonly foundation: AwsFoundationStack,
  ) {
    super(scope, 'aws-newsystem', environment);
    addAwsProvider(this, 'newsystem');
    this.key = new StackKey(this, 'key', {
      description: 'Everything of newsystem',
      alias: 'newsystem',
      mayLoseData: true,
    });
    this.records = this.addBucket('records');
    this.lake = this.addBucket('lake');
    const writer = this.addWriter();
    this.addOutputs({ records_bucket: this.records.bucket.bucket, writing_function: writer.function.functionName });
  }

  private addBucket(part: 'records' | 'lake'): SecureBucket {
    return new SecureBucket(this, part, {
      bucketName: bucketName(this.environment, 'newsystem', part),
      key: this.key,
      accessLogs: this.foundation.accessLogs,
      mayLoseData: true,
    });
  }

  private addWriter(): NodeLambda {
    const name = 'newsystem_writer';
    const writer = new NodeLambda(this, name, {
      functionName: name,
      description: 'Writes records',
      entry: `apps/newsystem/lambdas/${name}/handler.ts`,
      key: this.key,
      alarms: this.foundation.alarms,
      environment: { RECORDS_BUCKET: this.records.bucket.bucket },
    });
    this.records.grantWrite(writer, RECORDS_PREFIX);
    return writer;
  }
}
