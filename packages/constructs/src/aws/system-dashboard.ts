import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import type { DmsReplicationTask } from './dms-replication-task';
import type { NodeLambda } from './node-lambda';
import type { QueuedBucketEvents } from './queued-bucket-events';
import type { RelationalDatabase } from './relational-database';
import type { SecureBucket } from './secure-bucket';

export interface SystemDashboardProps {
  /** Unique in the account, whatever the region: `lakewright-<system>`. */
  readonly dashboardName: string;
  /** Invocations, errors, duration, and the dead letters of each. */
  readonly functions: readonly NodeLambda[];
  /** Depth, age of the oldest message, and dead letters of each. @default none */
  readonly events?: readonly QueuedBucketEvents[];
  /** Objects in each. @default none */
  readonly buckets?: readonly SecureBucket[];
  /** Processor, storage, connections and what waits for the disk of each. @default none */
  readonly databases?: readonly RelationalDatabase[];
  /** How late each is, how fast, and the instance it runs on. @default none */
  readonly replications?: readonly DmsReplicationTask[];
}

/** One line of a graph: namespace, metric, then names and values of its dimensions, and how it is shown. */
type Metric = readonly [...names: string[], shown: { readonly label: string; readonly stat: string }];

interface Graph {
  readonly title: string;
  readonly metrics: readonly Metric[];
  /** Seconds a point. @default 300 */
  readonly period?: number;
}

/** CloudWatch's grid has 24 columns: three graphs a row. */
const COLUMNS = 24;
const WIDTH = 8;
const HEIGHT = 6;
/** S3 counts objects once a day. */
const DAY = 86_400;

/** The CloudWatch dashboard of a system: what its functions do, what waits, what was given up, what its buckets hold. */
export class SystemDashboard extends Construct {
  readonly dashboard: CloudwatchDashboard;

  constructor(scope: Construct, id: string, props: SystemDashboardProps) {
    super(scope, id);
    this.validateName(props.dashboardName);
    this.validateFunctions(props.functions);
    this.dashboard = new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: props.dashboardName,
      dashboardBody: JSON.stringify({ widgets: graphsOf(props).map((graph, index) => this.widget(graph, index)) }),
    });
  }

  /** Format: docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
  private widget({ title, metrics, period = 300 }: Graph, index: number) {
    const { region } = LakewrightStack.of(this).environment.aws;
    const perRow = COLUMNS / WIDTH;
    return {
      type: 'metric',
      x: (index % perRow) * WIDTH,
      y: Math.floor(index / perRow) * HEIGHT,
      width: WIDTH,
      height: HEIGHT,
      properties: { title, metrics, period, region, view: 'timeSeries', stacked: false, yAxis: { left: { min: 0 } } },
    };
  }

  private validateName(name: string): void {
    if (/^[\w-]{1,255}$/.test(name)) return;
    throw new LakewrightError(
      'CONSTRUCT_SYSTEM_DASHBOARD_NAME',
      `dashboardName: must be 1 to 255 letters, digits, "_" and "-" (got "${name}")`,
      { hint: 'lakewright-<system>' },
    );
  }

  private validateFunctions(functions: readonly NodeLambda[]): void {
    if (functions.length > 0) return;
    throw new LakewrightError('CONSTRUCT_SYSTEM_DASHBOARD_EMPTY', 'functions: must be one or more (got none)', {
      hint: 'a system without functions has its pages in Databricks',
    });
  }
}

function graphsOf({ functions, events = [], buckets = [], databases = [], replications = [] }: SystemDashboardProps): Graph[] {
  const ofFunctions = (metric: string, stat: string) => functions.map((each) => lambdaMetric(each, metric, stat));
  const queues = events.map(({ queue }) => queue.queueName);
  const deadLetters = [...functions, ...events].map((each) => each.deadLetters.queueName);
  const ofQueues = (names: readonly string[], metric: string, label = (name: string) => name) =>
    names.map((name): Metric => ['AWS/SQS', metric, 'QueueName', name, { label: label(name), stat: 'Maximum' }]);
  const graphs: Graph[] = [
    { title: 'Invocations', metrics: ofFunctions('Invocations', 'Sum') },
    { title: 'Errors', metrics: ofFunctions('Errors', 'Sum') },
    { title: 'Duration, 95th percentile (ms)', metrics: ofFunctions('Duration', 'p95') },
    {
      title: 'Messages waiting and at work',
      metrics: [
        ...ofQueues(queues, 'ApproximateNumberOfMessagesVisible', (name) => `${name}, waiting`),
        ...ofQueues(queues, 'ApproximateNumberOfMessagesNotVisible', (name) => `${name}, at work`),
      ],
    },
    { title: 'Age of the oldest message (s)', metrics: ofQueues(queues, 'ApproximateAgeOfOldestMessage') },
    { title: 'Dead letters', metrics: ofQueues(deadLetters, 'ApproximateNumberOfMessagesVisible') },
    ...databaseGraphs(databases),
    ...replicationGraphs(replications),
    { title: 'Objects in the buckets', metrics: buckets.map(objectsIn), period: DAY },
  ];
  return graphs.filter(({ metrics }) => metrics.length > 0);
}

/** Metrics: RDS User Guide, "Amazon CloudWatch metrics for Amazon RDS". */
function databaseGraphs(databases: readonly RelationalDatabase[]): Graph[] {
  const metrics = (metric: string, stat: string) =>
    databases.map(
      ({ instanceName }): Metric => ['AWS/RDS', metric, 'DBInstanceIdentifier', instanceName, { label: instanceName, stat }],
    );
  return [
    { title: 'Databases: processor (%)', metrics: metrics('CPUUtilization', 'Average') },
    { title: 'Databases: connections', metrics: metrics('DatabaseConnections', 'Maximum') },
    { title: 'Databases: free storage (bytes)', metrics: metrics('FreeStorageSpace', 'Minimum') },
    { title: 'Databases: binary logs (bytes)', metrics: metrics('BinLogDiskUsage', 'Maximum') },
  ];
}

/** Metrics: DMS User Guide, "Monitoring AWS DMS tasks". */
function replicationGraphs(tasks: readonly DmsReplicationTask[]): Graph[] {
  const ofTasks = (metric: string, stat: string, label: string) =>
    tasks.map(({ instanceName, taskName }): Metric => {
      const dimensions = ['ReplicationInstanceIdentifier', instanceName, 'ReplicationTaskIdentifier', taskName] as const;
      return ['AWS/DMS', metric, ...dimensions, { label: `${taskName}, ${label}`, stat }];
    });
  const ofInstances = (metric: string, stat: string) =>
    [...new Set(tasks.map(({ instanceName }) => instanceName))].map(
      (name): Metric => ['AWS/DMS', metric, 'ReplicationInstanceIdentifier', name, { label: name, stat }],
    );
  return [
    {
      title: 'Replication: latency (s)',
      metrics: [...ofTasks('CDCLatencySource', 'Maximum', 'source'), ...ofTasks('CDCLatencyTarget', 'Maximum', 'target')],
    },
    {
      title: 'Replication: rows a second',
      metrics: [
        ...ofTasks('FullLoadThroughputRowsTarget', 'Average', 'full load'),
        ...ofTasks('CDCThroughputRowsTarget', 'Average', 'changes'),
      ],
    },
    { title: 'Replication: processor (%)', metrics: ofInstances('CPUUtilization', 'Average') },
    { title: 'Replication: free storage (bytes)', metrics: ofInstances('FreeStorageSpace', 'Minimum') },
  ];
}

function lambdaMetric({ functionName }: NodeLambda, metric: string, stat: string): Metric {
  return ['AWS/Lambda', metric, 'FunctionName', functionName, { label: functionName, stat }];
}

function objectsIn({ bucketName }: SecureBucket): Metric {
  const dimensions = ['BucketName', bucketName, 'StorageType', 'AllStorageTypes'] as const;
  return ['AWS/S3', 'NumberOfObjects', ...dimensions, { label: bucketName, stat: 'Average' }];
}
