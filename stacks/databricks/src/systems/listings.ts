import { activeListings } from '@lakewright/apps/listings/dashboards/active_listings';
import type AwsListingsStack from '@lakewright/stacks-aws/systems/listings';
import type { Construct } from 'constructs';
import { type DatabricksSystemProps, DatabricksSystemStack } from '../system-stack';

/** A property portal: messages in, tables of listings out, and a dashboard of those that are active now. */
export default class DatabricksListingsStack extends DatabricksSystemStack<AwsListingsStack> {
  constructor(scope: Construct, props: DatabricksSystemProps<AwsListingsStack>) {
    super(scope, props, 'Listings of the property portal');
    const pipeline = this.addPipeline({ staging_path: this.addSource(this.aws.messages) });
    const job = this.addJob('Takes new messages through to the tables of listings', {
      tasks: { update_listings: { pipeline } },
    });
    const dashboard = this.addDashboard('Active listings', activeListings(this.catalogName));
    this.addOutputs({
      catalog: this.catalog.catalog.name,
      pipeline_id: pipeline.pipeline.id,
      job_id: job.job.id,
      dashboard_id: dashboard.dashboard.id,
    });
  }
}
