export { type ComparedDataset, comparePipeline, type PipelineComparison } from './compare-pipeline';
export { compareRows } from './compare-rows';
export { compareOnWarehouse, type WarehouseComparison } from './compare-warehouse';
export { Warehouse, type WarehouseAddress } from './warehouse';
