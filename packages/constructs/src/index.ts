export { type AlarmProps, AlarmTopic, type AlarmTopicProps } from './aws/alarm-topic';
export { AthenaWorkgroup, type AthenaWorkgroupProps } from './aws/athena-workgroup';
export { addAwsProvider } from './aws/aws-provider';
export { DmsAccountRoles, type DmsRoles } from './aws/dms-account-roles';
export { DmsMysqlSource, type DmsMysqlSourceProps } from './aws/dms-mysql-source';
export { DmsReplicationInstance, type DmsReplicationInstanceProps } from './aws/dms-replication-instance';
export { DmsReplicationTask, type DmsReplicationTaskProps } from './aws/dms-replication-task';
export { DmsS3Target, type DmsS3TargetProps } from './aws/dms-s3-target';
export { type TableMappings, type TableSelection, type TableTransformation, tableMappingsJson } from './aws/dms-table-mappings';
export { type DmsTaskSettings, dmsTaskSettingsJson } from './aws/dms-task-settings';
export { EmptySecret, type EmptySecretProps } from './aws/empty-secret';
export { GithubDelivery, type GithubDeliveryProps } from './aws/github-delivery';
export { GlueDatabase, type GlueDatabaseProps } from './aws/glue-database';
export { GlueEncryption, type GlueEncryptionProps } from './aws/glue-encryption';
export { GlueJob, type GlueJobProps } from './aws/glue-job';
export { type HudiPipelineProps, type HudiTable, hudiPipeline } from './aws/hudi-pipeline';
export { boundaryArn } from './aws/iam-names';
export { JobScripts, type JobScriptsProps } from './aws/job-scripts';
export { LakeReaders, type LakeReadersProps } from './aws/lake-readers';
export { bundleLambda, type LambdaBundle } from './aws/lambda-bundle';
export { LambdaInvocation, type LambdaInvocationProps } from './aws/lambda-invocation';
export { MachineSchedule, type MachineScheduleProps } from './aws/machine-schedule';
export { MonthlyBudget, type MonthlyBudgetProps } from './aws/monthly-budget';
export { MysqlDatabase } from './aws/mysql-database';
export { type LambdaNetwork, NodeLambda, type NodeLambdaProps } from './aws/node-lambda';
export { PermissionsBoundary } from './aws/permissions-boundary';
export { EveryResource, type Grantee, type PolicyStatement, policyDocument } from './aws/policy';
export { type InterfaceService, PrivateNetwork, type PrivateNetworkProps } from './aws/private-network';
export { type BucketEventType, QueuedBucketEvents, type QueuedBucketEventsProps } from './aws/queued-bucket-events';
export { type DatabaseEngine, RelationalDatabase, type RelationalDatabaseProps } from './aws/relational-database';
export { SecureBucket, type SecureBucketProps } from './aws/secure-bucket';
export { SecureQueue, type SecureQueueProps } from './aws/secure-queue';
export { SecurityGroup, type SecurityGroupProps } from './aws/security-group';
export { ServiceRole, type ServiceRoleProps } from './aws/service-role';
export { StackKey, type StackKeyProps } from './aws/stack-key';
export { StateMachine, type StateMachineProps } from './aws/state-machine';
export { type Flow, type StateMachineDefinition, validateDefinition } from './aws/states';
export { SystemDashboard, type SystemDashboardProps } from './aws/system-dashboard';
export { type Grant, type ObjectPermission, type Privilege, principalName } from './databricks/access';
export { AlertDestination, type AlertDestinationProps } from './databricks/alert-destination';
export { addDatabricksProvider } from './databricks/databricks-provider';
export { DroppedRowsAlert, type DroppedRowsAlertProps } from './databricks/dropped-rows-alert';
export { FreshnessAlert, type FreshnessAlertProps } from './databricks/freshness-alert';
export type {
  ConditionJobTask,
  ConditionOperator,
  LakeflowJobTask,
  PipelineJobTask,
  PythonFileJobTask,
  RunIf,
  RunJobTask,
  SqlFileJobTask,
  TaskDependency,
} from './databricks/job-task';
export { LAYERS, LakeCatalog, type LakeCatalogProps, type Layer } from './databricks/lake-catalog';
export { LakeVolume, type LakeVolumeProps } from './databricks/lake-volume';
export { type JobTrigger, LakeflowJob, type LakeflowJobProps } from './databricks/lakeflow-job';
export { LakeflowPipeline, type LakeflowPipelineProps, sqlFilesIn } from './databricks/lakeflow-pipeline';
export { LakeviewDashboard, type LakeviewDashboardProps } from './databricks/lakeview-dashboard';
export { ProtectedFolder, type ProtectedFolderProps, type WorkspaceFolder } from './databricks/protected-folder';
export { type AlertPlace, QueryAlert, type QueryAlertProps } from './databricks/query-alert';
export { S3Access, type S3AccessProps } from './databricks/s3-access';
export { Warehouse, type WarehouseProps } from './databricks/warehouse';
export { workspacePath } from './databricks/workspace-path';
export { LakewrightStack } from './lakewright-stack';
export { prepareOutputFolder } from './output-folder';
export { runbookOf } from './runbook';
