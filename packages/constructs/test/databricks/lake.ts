import {
  LakeCatalog,
  type LakeCatalogProps,
  LakeflowPipeline,
  type LakeflowPipelineProps,
  type LakewrightStack,
  ProtectedFolder,
  S3Access,
  type S3AccessProps,
  SecureBucket,
  StackKey,
  sqlFilesIn,
  Warehouse,
  type WarehouseProps,
} from '../../src';

/** A bucket and the way to it. */
export function accessOf(scope: LakewrightStack, props: Partial<S3AccessProps> = {}): S3Access {
  const key = new StackKey(scope, 'key', { description: 'Homes', alias: 'homes' });
  const bucket = new SecureBucket(scope, 'bucket', { bucketName: 'homes-lake', key });
  return new S3Access(scope, 'access', { accessName: 'homes_lake', bucket, access: 'read-write', ...props });
}

/** A catalog in that bucket. */
export function catalogOf(scope: LakewrightStack, props: Partial<LakeCatalogProps> = {}): LakeCatalog {
  const storage = props.storage ?? accessOf(scope);
  return new LakeCatalog(scope, 'catalog', { catalogName: 'homes_dev', comment: 'Homes', storage, ...props });
}

/** A folder that engineers may look into. */
export function folderOf(scope: LakewrightStack): ProtectedFolder {
  return new ProtectedFolder(scope, 'folder', {
    path: '/Workspace/homes',
    readers: [scope.environment.principals.data_engineers],
  });
}

/** A pipeline of the fixtures into that catalog. */
export function pipelineOf(scope: LakewrightStack, props: Partial<LakeflowPipelineProps> = {}): LakeflowPipeline {
  return new LakeflowPipeline(scope, 'pipeline', {
    pipelineName: 'homes',
    sources: sqlFilesIn('packages/constructs/test/fixtures/pipelines'),
    catalog: props.catalog ?? catalogOf(scope),
    configuration: { homes_path: 's3://homes-lake/in/' },
    folder: props.folder ?? folderOf(scope),
    runAs: scope.environment.principals.pipeline_sp,
    ...props,
  });
}

export function warehouseOf(scope: LakewrightStack, props: Partial<WarehouseProps> = {}): Warehouse {
  return new Warehouse(scope, 'warehouse', { warehouseName: 'questions', ...props });
}
