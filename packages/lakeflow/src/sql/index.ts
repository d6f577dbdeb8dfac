export type * from './ast';
export { buildGraph, type GraphOptions } from './graph';
export type * from './graph-model';
export { quoteIdentifier, quoteName, quoteString } from './names';
export { parsePipeline } from './parse-pipeline';
export { expectationHolds, QUARANTINE_FILE, QUARANTINE_REASONS, withQuarantine } from './quarantine';
export { type ReadReplacement, replaceReads, rewriteReads } from './rewrite-reads';
export { UNSUPPORTED_SYNTAX } from './unsupported-syntax';
export { type Refusal, WRONG_ANSWERS } from './wrong-answers';
