import type { ComputedResource } from './computed-resource';
import type { Rules } from './rule';
import { Stable } from './stable';

/** Databricks' own role for Unity Catalog (docs.databricks.com, "Create a storage credential for connecting to AWS S3"). */
const UNITY_CATALOG_ROLE = 'arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL';

/** Who the stand-in provider is signed in as. */
const CURRENT_USER = 'terraform@lakewright.invalid';

/** One metastore a workspace: the same id in every resource. */
function metastoreId(it: ComputedResource): string {
  return new Stable(it.settings.host).uuid('metastore');
}

const OWNED: Rules = { owner: CURRENT_USER, metastore_id: metastoreId };
const OF_PATH: Rules = {
  id: '{path}',
  object_id: '{digits:15}',
  url: '{workspace}/#workspace{path}',
  workspace_path: workspacePath,
};

/** Shapes: the Attribute Reference of each resource in the provider's documentation (registry.terraform.io, databricks/databricks). */
export const DATABRICKS: Readonly<Record<string, Rules>> = {
  databricks_catalog: { ...OWNED, id: '{name}', isolation_mode: 'OPEN', enable_predictive_optimization: 'INHERIT' },
  databricks_schema: { ...OWNED, id: '{catalog_name}.{name}', schema_id: '{uuid}', enable_predictive_optimization: 'INHERIT' },
  databricks_volume: {
    ...OWNED,
    id: '{catalog_name}.{schema_name}.{name}',
    volume_path: '/Volumes/{catalog_name}/{schema_name}/{name}',
  },
  databricks_sql_table: { ...OWNED, id: '{catalog_name}.{schema_name}.{name}', table_id: '{uuid}' },
  databricks_storage_credential: {
    ...OWNED,
    id: '{name}',
    storage_credential_id: '{uuid}',
    credential_id: '{uuid}',
    isolation_mode: 'ISOLATION_MODE_OPEN',
    'aws_iam_role.external_id': '{uuid:external id}',
    'aws_iam_role.unity_catalog_iam_arn': UNITY_CATALOG_ROLE,
  },
  databricks_credential: {
    ...OWNED,
    id: '{name}',
    credential_id: '{uuid}',
    full_name: '{name}',
    isolation_mode: 'ISOLATION_MODE_OPEN',
    'aws_iam_role.external_id': '{uuid:external id}',
    'aws_iam_role.unity_catalog_iam_arn': UNITY_CATALOG_ROLE,
  },
  databricks_external_location: { ...OWNED, id: '{name}', credential_id: '{uuid}', isolation_mode: 'ISOLATION_MODE_OPEN' },
  databricks_grants: { id: (it) => grantsId(it) },
  databricks_grant: { id: (it) => `${grantsId(it)}/${it.text('principal')}` },
  databricks_permissions: {
    id: (it) => permissionsObject(it).id,
    object_type: (it) => permissionsObject(it).type,
  },
  databricks_pipeline: {
    id: '{uuid}',
    url: '{workspace}/#joblist/pipelines/{id}',
    state: 'IDLE',
    health: 'HEALTHY',
    cause: '',
    creator_user_name: CURRENT_USER,
    run_as_user_name: CURRENT_USER,
    cluster_id: '',
    latest_updates: () => [],
    last_modified: () => Date.now(),
  },
  databricks_job: { id: '{digits:15}', url: '{workspace}/#job/{id}' },
  databricks_dashboard: {
    id: '{hex:32}',
    dashboard_id: '{id}',
    path: '{parent_path}/{display_name}.lvdash.json',
    lifecycle_state: 'ACTIVE',
    etag: '{digits:10}',
    md5: '{hex:32}',
    create_time: () => new Date().toISOString(),
    update_time: () => new Date().toISOString(),
    dashboard_change_detected: 'false',
  },
  databricks_sql_endpoint: {
    id: '{hex:16}',
    data_source_id: '{uuid}',
    jdbc_url: (it) =>
      `jdbc:databricks://${hostOf(it)}:${portOf(it)}/default;transportMode=http;ssl=1;AuthMech=3;httpPath=/sql/1.0/warehouses/${it.text('id')};`,
    odbc_params: (it) => [
      { hostname: hostOf(it), path: `/sql/1.0/warehouses/${it.text('id')}`, port: portOf(it), protocol: 'https' },
    ],
    creator_name: CURRENT_USER,
    num_active_sessions: '0',
    num_clusters: '1',
    state: 'RUNNING',
    warehouse_type: 'PRO',
    health: () => [],
  },
  databricks_cluster: {
    id: '{digits:4}-{digits:6}-{hex:8}',
    cluster_id: '{id}',
    url: '{workspace}/#setting/clusters/{id}/configuration',
    state: 'TERMINATED',
    default_tags: (it) => ({
      Vendor: 'Databricks',
      Creator: CURRENT_USER,
      ClusterName: it.text('cluster_name'),
      ClusterId: it.text('id'),
    }),
  },
  databricks_cluster_policy: { id: '{hex:16}', policy_id: '{id}' },
  databricks_instance_pool: { id: '{digits:4}-{digits:6}-pool-{hex:8}', instance_pool_id: '{id}' },
  databricks_workspace_file: OF_PATH,
  databricks_notebook: { ...OF_PATH, object_type: 'NOTEBOOK' },
  databricks_directory: OF_PATH,
  databricks_service_principal: {
    id: '{digits:15}',
    application_id: '{uuid}',
    acl_principal_id: 'servicePrincipals/{application_id}',
    display_name: '{application_id}',
    home: '/Users/{application_id}',
    repos: '/Repos/{application_id}',
    external_id: '',
  },
  databricks_user: {
    id: '{digits:15}',
    acl_principal_id: 'users/{user_name}',
    display_name: '{user_name}',
    home: '/Users/{user_name}',
    repos: '/Repos/{user_name}',
  },
  databricks_group: {
    id: '{digits:15}',
    acl_principal_id: 'groups/{display_name}',
    url: '{workspace}/#setting/accounts/groups/{id}',
  },
  databricks_group_member: { id: '{group_id}|{member_id}' },
  databricks_secret_scope: { id: '{name}', backend_type: 'DATABRICKS' },
  databricks_secret: {
    id: '{scope}|||{key}',
    config_reference: '{{{secrets/' + '{scope}/{key}' + '}}}',
    last_updated_timestamp: () => Date.now(),
  },
  databricks_secret_acl: { id: '{scope}|||{principal}' },
  databricks_alert: { id: '{uuid}', create_time: () => new Date().toISOString(), lifecycle_state: 'ACTIVE', state: 'UNKNOWN' },
  databricks_query: { id: '{uuid}', create_time: () => new Date().toISOString(), lifecycle_state: 'ACTIVE' },
};

function workspacePath(it: ComputedResource): string {
  const path = it.text('path');
  return path.startsWith('/Workspace/') ? path : `/Workspace${path}`;
}

function hostOf(it: ComputedResource): string {
  return new URL(it.settings.host).hostname;
}

function portOf(it: ComputedResource): number {
  const { port, protocol } = new URL(it.settings.host);
  return Number(port || (protocol === 'http:' ? 80 : 443));
}

/** The securable a set of grants is on, as `<kind>/<full name>`. */
function grantsId(it: ComputedResource): string {
  for (const name of Object.keys(it.schema.attributes ?? {})) {
    if (['id', 'principal', 'privileges'].includes(name)) continue;
    const given = it.text(name);
    if (given !== '') return `${name.replaceAll('_', '-')}/${given}`;
  }
  return it.stable.uuid();
}

/** What the permissions are on: the kind in the API's words and the object's path in the permissions API. */
function permissionsObject(it: ComputedResource): { id: string; type: string } {
  for (const [argument, [folder, type]] of Object.entries(PERMISSION_OBJECTS)) {
    const given = it.text(argument);
    if (given !== '') return { id: `/${folder}/${given}`, type };
  }
  for (const argument of ['notebook_path', 'directory_path', 'workspace_file_path', 'repo_path']) {
    const given = it.text(argument);
    if (given !== '') return { id: given, type: argument.replace(/_path$/, '').replace('_', '-') };
  }
  return { id: `/${it.text('authorization') || it.stable.uuid()}`, type: it.text('authorization') };
}

const PERMISSION_OBJECTS: Readonly<Record<string, readonly [folder: string, type: string]>> = {
  cluster_id: ['clusters', 'cluster'],
  cluster_policy_id: ['cluster-policies', 'cluster-policy'],
  instance_pool_id: ['instance-pools', 'instance-pool'],
  job_id: ['jobs', 'job'],
  pipeline_id: ['pipelines', 'pipelines'],
  sql_endpoint_id: ['sql/warehouses', 'warehouses'],
  dashboard_id: ['dashboards', 'dashboard'],
  notebook_id: ['notebooks', 'notebook'],
  directory_id: ['directories', 'directory'],
  workspace_file_id: ['files', 'file'],
  repo_id: ['repos', 'repo'],
  sql_alert_id: ['sql/alerts', 'alert'],
  sql_query_id: ['sql/queries', 'query'],
  sql_dashboard_id: ['sql/dashboards', 'dashboard'],
  experiment_id: ['experiments', 'mlflowExperiment'],
  registered_model_id: ['registered-models', 'registered-model'],
  serving_endpoint_id: ['serving-endpoints', 'serving-endpoint'],
  vector_search_endpoint_id: ['vector-search-endpoints', 'vector-search-endpoints'],
  database_instance_name: ['database-instances', 'database-instances'],
  app_name: ['apps', 'apps'],
  alert_v2_id: ['alertsv2', 'alertv2'],
};
