import { LakewrightError, type LakewrightErrorOptions } from '@lakewright/config';

export interface EngineErrorOptions extends LakewrightErrorOptions {
  /** Error class of real Spark, e.g. `TABLE_OR_VIEW_NOT_FOUND`; Sail sends none. */
  readonly errorClass?: string;
  /** SQLSTATE of real Spark, e.g. `42P01`; Sail sends none. */
  readonly sqlState?: string;
  /** The whole text that was sent. */
  readonly statement?: string;
}

/**
 * What goes wrong between here and the engine. Codes:
 *
 * | code | meaning |
 * | --- | --- |
 * | ENGINE_SQL | the engine refused or failed a statement; the message is the engine's, with the statement's first line |
 * | ENGINE_CONFLICT | another writer committed to the same Delta table first: run the statement again |
 * | ENGINE_UNAVAILABLE | nobody listens, or the connection was lost in the middle: it is not known whether the statement ran |
 * | ENGINE_CANCELLED | the statement was interrupted, or the engine value was closed |
 * | ENGINE_SCHEMA | a DDL text of columns that cannot be read |
 * | ENGINE_VALUE | a row of a local relation that does not fit its schema |
 * | ENGINE_TOO_LARGE | a local relation above the engine's 128 MiB a message |
 * | ENGINE_TYPE | the engine sent a type or an encoding that is not understood here |
 * | ENGINE_MISSING_FILE | a path of a file relation that does not exist |
 * | ENGINE_HIDDEN_FILE | a path of a file relation that engines skip without a word |
 * | ENGINE_PATH | a Delta folder that the engine cannot address |
 * | ENGINE_START | the server process could not be started |
 */
export class EngineError extends LakewrightError {
  readonly errorClass?: string;
  readonly sqlState?: string;
  readonly statement?: string;

  constructor(code: string, message: string, options: EngineErrorOptions = {}) {
    super(code, message, options);
    this.name = 'EngineError';
    this.errorClass = options.errorClass;
    this.sqlState = options.sqlState;
    this.statement = options.statement;
  }
}

/** The first line of a statement that says something, at most 120 characters. */
export function firstLine(statement: string): string {
  const line =
    statement
      .split('\n')
      .map((text) => text.trim())
      .find((text) => text !== '' && !text.startsWith('--')) ?? '';
  return line.length > 120 ? `${line.slice(0, 117)}...` : line;
}
