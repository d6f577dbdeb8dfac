export { readManifest } from '@lakewright/config';
export type { ValidationResult } from '@lakewright/lakeflow';
export { authorizePath } from './catalog/authorize-path';
export { awsEndpoint, type LocalContext, type OpenLocalOptions, openLocal } from './context';
export {
  type DeployedResource,
  type Deployment,
  isDeployed,
  loadDeployment,
  readDeployment,
  saveDeployment,
} from './deployment/deployment';
export type { Execution } from './executions/execution';
export { deployedMachines, type MachineStatus, machineStatus } from './executions/status';
export type { StateVisits } from './executions/visits';
export { type GlueJobLogOptions, type GlueJobStatus, glueJobLog, glueJobNames, glueJobStatus } from './glue/job-runs';
export { type JobStatus, jobStatus, taskLog } from './jobs/job-status';
export { deployedJobs, type WatchOptions, watchDeployedJobs } from './jobs/watch';
export { type AlertState, alertStates } from './lake/alert-states';
export { type AthenaOptions, type AthenaResult, queryAthena } from './lake/athena';
export { type Freshness, freshness } from './lake/freshness';
export { type QueryOptions, query, queryAll, readStatements, type StatementResult, type TableRows, tableRows } from './lake/lake';
export { volumeFolder } from './lake/volumes';
export { type HeldLock, localLocks, withLocalLock } from './locks';
export {
  type ReconcileOptions,
  type ReconcileOutcome,
  type ReconcileReport,
  reconcile,
  reconcileSummary,
} from './reconcile/reconcile';
export { type ReplicatedTable, type ReplicationProgress, replicationStatus } from './replication/progress';
export { support, supportOf } from './runners';
export type { Support } from './runners/runner';
export { functionLog } from './runs/function-log';
export { jobFailure } from './runs/job-run';
export { type ParityReport, parity } from './runs/parity';
export { pipelineEvents } from './runs/pipeline-run';
export { type RecoverOptions, type Recovery, recover } from './runs/recover';
export { findRun, type RunOptions, type RunProgress, type RunSummary, runSystem, validateRun } from './runs/run';
export { newRunId } from './runs/run-id';
export { executionFailure } from './runs/state-machine-run';
export { type EnsureResult, SERVICE_NAMES, type ServiceName, type ServiceStatus, type UncleanStop } from './services/service';
export { ensureServices, forget, type ServiceOptions, serviceLog, serviceStatus, stopServices } from './services/services';
export { accepts, portHolder } from './services/sockets';
export { requireGlueSpark } from './services/spark';
export { type AddressedDashboard, readDashboards } from './workspace/dashboards';
export { jobHistory, jobs, readJob } from './workspace/jobs';
