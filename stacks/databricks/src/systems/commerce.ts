import type { Construct } from 'constructs';
import { type DatabricksSystemProps, DatabricksSystemStack } from '../system-stack';

/** A shop: a generator that puts files into a volume, and two pipelines that make tables of them. */
export default class DatabricksCommerceStack extends DatabricksSystemStack {
  constructor(scope: Construct, props: DatabricksSystemProps) {
    super(scope, props, 'Orders, payments, customers and products of a shop');
    const landing = this.addVolume('landing', 'Files as the shop delivers them, a folder each');
    const medallion = this.addPipeline({ landing_path: landing }, 'medallion', 'event_log_medallion');
    const cdc = this.addPipeline({}, 'cdc', 'event_log_cdc');
    this.addDroppedRowsAlert(medallion, 15);
    const generator = `apps/${this.system}/generator`;
    const job = this.addJob('Generates a day of the shop and takes it through to the tables', {
      parameters: { batch: 'next', seed: '1', count: '200', bad_share: '0.05' },
      tasks: {
        generate: {
          pythonFile: `${generator}/generate.py`,
          modules: ['bad_rows', 'files', 'rows', 'shop'].map((name) => `${generator}/${name}.py`),
          parameters: [
            ...['--output', landing.path],
            ...['--batch', '{{job.parameters.batch}}'],
            ...['--seed', '{{job.parameters.seed}}'],
            ...['--count', '{{job.parameters.count}}'],
            ...['--bad-share', '{{job.parameters.bad_share}}'],
          ],
        },
        medallion: { pipeline: medallion, dependsOn: ['generate'] },
        cdc: { pipeline: cdc, dependsOn: ['medallion'] },
      },
    });
    this.addOutputs({
      catalog: this.catalog.catalog.name,
      landing_volume: landing.path,
      medallion_pipeline_id: medallion.pipeline.id,
      cdc_pipeline_id: cdc.pipeline.id,
      job_id: job.job.id,
    });
  }
}
