import { overview } from '@lakewright/apps/newsystem/dashboards/overview';
import type AwsNewSystemStack from '@lakewright/stacks-aws/systems/newsystem';
import { type DatabricksSystemProps, DatabricksSystemStack } from '@lakewright/stacks-databricks';
import type { Construct } from 'constructs';

/** newsystem: records in, tables out, and a dashboard. */
export default class DatabricksNewSystemStack extends DatabricksSystemStack<AwsNewSystemStack> {
  constructor(scope: Construct, props: DatabricksSystemProps<AwsNewSystemStack>) {
    super(scope, props, 'Tables of newsystem');
    const pipeline = this.addPipeline({ records_path: this.addSource(this.aws.records) });
    this.addJob('Takes new records through to the tables of newsystem', { tasks: { update_newsystem: { pipeline } } });
    this.addDashboard('New system', overview(this.catalogName));
    this.addOutputs({ pipeline_id: pipeline.pipeline.id });
  }
}
