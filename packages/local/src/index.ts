export { readManifest } from '@lakewright/config';
export { awsEndpoint, type LocalContext, type OpenLocalOptions, openLocal } from './context';
export {
  type DeployedResource,
  type DeployedStack,
  type Deployment,
  isDeployed,
  loadDeployment,
  readDeployment,
  saveDeployment,
} from './deployment/deployment';
export {
  type ReconcileOptions,
  type ReconcileOutcome,
  type ReconcileReport,
  reconcile,
  reconcileSummary,
} from './reconcile/reconcile';
export { support, supportOf } from './runners';
export { type RegisteredDashboard, readDashboards } from './runners/dashboard';
export { type PipelineDefinition, pipelineNames } from './runners/pipeline';
export type { Support } from './runners/runner';
export { type Freshness, freshness } from './runs/freshness';
export { functionLog } from './runs/function-log';
export { query, type TableRows, tableRows } from './runs/lake';
export { pipelineEvents } from './runs/pipeline-run';
export { type RecoverOptions, type Recovery, recover } from './runs/recover';
export { type RunOptions, type RunProgress, type RunSummary, runSystem } from './runs/run';
export { newRunId } from './runs/run-id';
export { withLock } from './services/lock';
export { type HeldLock, localLocks } from './services/locks';
export { type EnsureResult, SERVICE_NAMES, type ServiceName, type ServiceStatus, type UncleanStop } from './services/service';
export { ensureServices, purge, type ServiceOptions, serviceLog, serviceStatus, stopServices } from './services/services';
export { accepts, portHolder } from './services/sockets';
