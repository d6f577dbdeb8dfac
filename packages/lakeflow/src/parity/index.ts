export { type ComparedDataset, comparePipeline, type PipelineComparison } from './compare-pipeline';
export { type ComparedRows, compareRows } from './compare-rows';
