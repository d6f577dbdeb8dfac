import type { NodeLambda, SecureBucket } from '@lakewright/constructs';
import type { Construct } from 'constructs';
import { type AwsSystemProps, AwsSystemStack, type BucketFolder } from '../system-stack';

/** Where the backend's documents lie in the listings bucket. */
const LISTINGS_PREFIX = 'listings/';

/** A property portal: its backend's documents, what happened to them, and the two functions in between. */
export default class AwsListingsStack extends AwsSystemStack {
  /** What happened to the documents, one message an event. */
  readonly messages: BucketFolder;
  /** The backend's documents, one a listing. */
  private readonly listings: SecureBucket;

  constructor(scope: Construct, props: AwsSystemProps) {
    super(scope, props);
    this.listings = this.addBucket('listings');
    const staging = this.addBucket('staging');
    this.messages = { bucket: staging, prefix: 'events/' };
    const publisher = this.addPublisher();
    const eventFunction = this.addEventFunction();
    this.addBucketEvents('events', { bucket: this.listings, function: eventFunction, prefix: LISTINGS_PREFIX });
    this.addSystemDashboard();
    this.addOutputs({
      listings_bucket: this.listings.bucket.bucket,
      staging_bucket: staging.bucket.bucket,
      publishing_function: publisher.function.functionName,
      event_function: eventFunction.function.functionName,
    });
  }

  /** Simulates the backend. */
  private addPublisher(): NodeLambda {
    const publisher = this.addFunction('sales_and_rentals_publishing_service', {
      description: 'Creates, changes and deletes listings as the backend of the portal does',
      environment: { LISTINGS_BUCKET: this.listings.bucket.bucket },
      timeoutSeconds: 300,
    });
    this.listings.grantRead(publisher, LISTINGS_PREFIX);
    this.listings.grantWrite(publisher, LISTINGS_PREFIX);
    this.listings.grantDelete(publisher, LISTINGS_PREFIX);
    return publisher;
  }

  /** Turns what happens to a document into a message. */
  private addEventFunction(): NodeLambda {
    const { bucket: staging, prefix } = this.messages;
    const eventFunction = this.addFunction('raw_listings_s3_event_lambda', {
      description: 'Writes one message for every listing that was created, changed or deleted',
      environment: {
        LISTINGS_BUCKET: this.listings.bucket.bucket,
        STAGING_BUCKET: staging.bucket.bucket,
        STAGING_PREFIX: prefix,
      },
    });
    this.listings.grantRead(eventFunction, LISTINGS_PREFIX);
    staging.grantWrite(eventFunction, prefix);
    return eventFunction;
  }
}
