export { type ExpectationCount, type PipelineEvent, type PipelineEventBody, type RunRows, readEvents } from './event-log';
export type { EventLogTable } from './event-log-table';
export {
  type Pipeline,
  runUpdate,
  UpdateError,
  type UpdateOptions,
  ValidationError,
  type ValidationResult,
  validatePipeline,
} from './update';
export { type FaultInjector, InjectedFault } from './update-context';
export { type DatasetProgress, type UpdateProgress, updateProgress } from './update-progress';
export type { DatasetOutcome, UpdateResult } from './update-result';
export type { ValidatedDataset } from './validate';
