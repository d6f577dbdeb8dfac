import { type AwsSystemProps, AwsSystemStack, type BucketFolder } from '@lakewright/stacks-aws';
import type { Construct } from 'constructs';

/** newsystem: a function that writes records, and the bucket they lie in. */
export default class AwsNewSystemStack extends AwsSystemStack {
  readonly records: BucketFolder;

  constructor(scope: Construct, props: AwsSystemProps) {
    super(scope, props);
    const records = this.addBucket('records');
    this.records = { bucket: records, prefix: 'records/' };
    const writer = this.addFunction('newsystem_writer', {
      description: 'Writes records',
      environment: { RECORDS_BUCKET: records.bucket.bucket },
    });
    records.grantWrite(writer, this.records.prefix);
    this.addSystemDashboard();
    this.addOutputs({ records_bucket: records.bucket.bucket, writing_function: writer.function.functionName });
  }
}
