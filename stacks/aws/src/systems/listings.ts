import { bucketName, type Environment } from '@lakewright/config';
import {
  addAwsProvider,
  LakewrightStack,
  NodeLambda,
  QueuedBucketEvents,
  SecureBucket,
  StackKey,
  SystemDashboard,
} from '@lakewright/constructs';
import type { Construct } from 'constructs';
import type { AwsFoundationStack } from '../foundation';

/** Where the backend's documents lie in the listings bucket. */
const LISTINGS_PREFIX = 'listings/';
/** Where the messages lie in the staging bucket. */
export const STAGING_PREFIX = 'events/';

/** A property portal: its backend's documents, what happened to them, and the two functions in between. */
export default class AwsListingsStack extends LakewrightStack {
  /** The backend's documents, one a listing. */
  readonly listings: SecureBucket;
  /** What happened to them, one message an event. */
  readonly staging: SecureBucket;
  /** Managed storage of the catalog. */
  readonly lake: SecureBucket;
  private readonly key: StackKey;

  constructor(
    scope: Construct,
    environment: Environment,
    private readonly foundation: AwsFoundationStack,
  ) {
    super(scope, 'aws-listings', environment);
    addAwsProvider(this, 'listings');
    this.key = new StackKey(this, 'key', { description: 'Everything of listings', alias: 'listings', mayLoseData: true });
    this.listings = this.addBucket('listings');
    this.staging = this.addBucket('staging');
    this.lake = this.addBucket('lake');
    const publisher = this.addPublisher();
    const recorder = this.addRecorder();
    const events = new QueuedBucketEvents(this, 'events', {
      bucket: this.listings,
      function: recorder,
      key: this.key,
      alarms: foundation.alarms,
      prefix: LISTINGS_PREFIX,
    });
    new SystemDashboard(this, 'dashboard', {
      dashboardName: 'lakewright-listings',
      functions: [publisher, recorder],
      events: [events],
      buckets: [this.listings, this.staging, this.lake],
    });
    this.addOutputs({
      listings_bucket: this.listings.bucket.bucket,
      staging_bucket: this.staging.bucket.bucket,
      publishing_function: publisher.function.functionName,
      event_function: recorder.function.functionName,
    });
  }

  private addBucket(part: 'listings' | 'staging' | 'lake'): SecureBucket {
    return new SecureBucket(this, part, {
      bucketName: bucketName(this.environment, 'listings', part),
      key: this.key,
      accessLogs: this.foundation.accessLogs,
      mayLoseData: true,
    });
  }

  /** Simulates the backend. */
  private addPublisher(): NodeLambda {
    const name = 'sales_and_rentals_publishing_service';
    const publisher = new NodeLambda(this, name, {
      functionName: name,
      description: 'Creates, changes and deletes listings as the backend of the portal does',
      entry: `apps/listings/lambdas/${name}/handler.ts`,
      key: this.key,
      alarms: this.foundation.alarms,
      environment: { LISTINGS_BUCKET: this.listings.bucket.bucket },
      timeoutSeconds: 300,
    });
    this.listings.grantRead(publisher, LISTINGS_PREFIX);
    this.listings.grantWrite(publisher, LISTINGS_PREFIX);
    this.listings.grantDelete(publisher, LISTINGS_PREFIX);
    return publisher;
  }

  /** Turns what happens to a document into a message. */
  private addRecorder(): NodeLambda {
    const name = 'raw_listings_s3_event_lambda';
    const recorder = new NodeLambda(this, name, {
      functionName: name,
      description: 'Writes one message for every listing that was created, changed or deleted',
      entry: `apps/listings/lambdas/${name}/handler.ts`,
      key: this.key,
      alarms: this.foundation.alarms,
      environment: {
        LISTINGS_BUCKET: this.listings.bucket.bucket,
        STAGING_BUCKET: this.staging.bucket.bucket,
        STAGING_PREFIX,
      },
    });
    this.listings.grantRead(recorder, LISTINGS_PREFIX);
    this.staging.grantWrite(recorder, STAGING_PREFIX);
    return recorder;
  }
}
