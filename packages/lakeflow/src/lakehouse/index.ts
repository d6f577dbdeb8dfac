export type { LakeTable, TableName, ViewFile } from './lake-folder';
export { Lakehouse, type LakehouseOptions } from './lakehouse';
