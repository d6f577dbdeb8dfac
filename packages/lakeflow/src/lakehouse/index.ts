export {
  type AddedFile,
  type CommitInfo,
  commitInfo,
  deltaColumns,
  deltaFingerprint,
  deltaVersion,
  filesAddedSince,
  findCommit,
} from './delta-log';
export type { LakeTable, TableName, ViewFile } from './lake-folder';
export { Lakehouse, type LakehouseOptions } from './lakehouse';
