export * from './engine';
export { Lakehouse, type LakehouseOptions, type LakeTable } from './lakehouse';
export * from './runtime';
export type { S3Settings } from './source/s3-files';
export {
  buildGraph,
  type Dataset,
  type Graph,
  parsePipeline,
  QUARANTINE_FILE,
  type SqlSource,
  type Statement,
  withQuarantine,
} from './sql';
