export { type BringUpOptions, type BringUpReport, bringUp } from './bring-up';
export { type Delivery, deliveryOf } from './delivery';
export type { CheckResult, Finding } from './doctor/check';
export { examine } from './doctor/examine';
export { onPath } from './doctor/machine';
export { type ExportBundleOptions, type ExportedBundle, exportBundle } from './export-bundle';
export { newSystem } from './new-system';
export { type Note, type Progress, silent } from './progress';
export { type RunAgainOptions, RunFailedError, runAgain, validate } from './run';
export {
  applyStacks,
  describeStacks,
  destroyStacks,
  graphStacks,
  initStacks,
  planOffline,
  planStacks,
  type StacksOptions,
  validateStacks,
} from './stacks';
export { type PlaneStatus, planeStatus } from './status';
export { type TakeDownOptions, type TakeDownReport, takeDown } from './take-down';
export { type WatchWorkflowOptions, watch } from './watch';
