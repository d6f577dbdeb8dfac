/** Levels as Lambda's own filter of log levels knows them. */
export type Level = 'INFO' | 'ERROR';
export type LogFields = Readonly<Record<string, string | number | null | readonly string[]>>;

/**
 * One line of JSON in the function's log; Lambda passes lines that are JSON on as they are. Ids and counts only: documents, keys
 * and what else could tell of a person stay out.
 */
export function logLine(level: Level, message: string, fields: LogFields): void {
  const line = JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...fields });
  if (level === 'ERROR') console.error(line);
  else console.info(line);
}

/** The part of Lambda's context that is used here. */
export interface Invocation {
  readonly awsRequestId?: string;
}
