export { deltaAddress } from './delta-address';
export { EngineError, type EngineErrorOptions } from './engine-error';
export { type SailOptions, type SailServer, startSail } from './sail-server';
export { connectEngine, type EngineAddress, type SparkConnectEngine } from './spark-connect-engine';
export { type SparkOptions, type SparkServer, startSpark } from './spark-server';
export type { Column, Dialect, FileRelation, LocalRelation, QueryResult, SqlEngine } from './sql-engine';
