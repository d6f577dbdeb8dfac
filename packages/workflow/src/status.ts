import {
  type AlertState,
  alertStates,
  type Freshness,
  freshness,
  type GlueJobStatus,
  glueJobStatus,
  isDeployed,
  type JobStatus,
  jobStatus,
  type LocalContext,
  loadDeployment,
  type MachineStatus,
  machineStatus,
  type ReplicationProgress,
  replicationStatus,
  type ServiceStatus,
  type Support,
  serviceStatus,
  supportOf,
  type TableRows,
  tableRows,
} from '@lakewright/local';

/** How the local plane stands. */
export interface PlaneStatus {
  readonly services: readonly ServiceStatus[];
  /** Deployed stacks; none where nothing is deployed. */
  readonly stacks: readonly string[];
  /** The deployed resource types, and which of them really run. */
  readonly resources: readonly Support[];
  /** None while a service does not run. */
  readonly tables: readonly TableRows[];
  /** Replication tasks; none while DMS does not run. */
  readonly replication: readonly ReplicationProgress[];
  readonly freshness: readonly Freshness[];
  /** The deployed jobs and their last runs. */
  readonly jobs: readonly JobStatus[];
  /** The deployed state machines and their last executions. */
  readonly machines: readonly MachineStatus[];
  /** The deployed Glue jobs and their last runs. */
  readonly glueJobs: readonly GlueJobStatus[];
  /** The deployed alerts, evaluated now. */
  readonly alerts: readonly AlertState[];
}

/** Looks at services, deployment and tables; starts nothing. */
export async function planeStatus(context: LocalContext): Promise<PlaneStatus> {
  const services = await serviceStatus(context);
  const deployment = isDeployed(context) ? loadDeployment(context) : undefined;
  // What the tables are read with.
  const needed = services.filter(({ name }) => name === 'ministack' || name === 'sail');
  const readable = deployment !== undefined && needed.every(({ state }) => state === 'running');
  return {
    services,
    stacks: deployment?.stacks ?? [],
    resources: deployment ? supportOf(deployment) : [],
    tables: readable ? await tableRows(context) : [],
    freshness: readable ? await freshness(context, context.environment.systems) : [],
    replication: services.some(({ name, state }) => name === 'dms' && state === 'running')
      ? await replicationStatus(context)
      : [],
    jobs: deployment ? jobStatus(context) : [],
    machines: await machineStatus(context),
    glueJobs: await glueJobStatus(context),
    alerts: readable ? await alertStates(context) : [],
  };
}
