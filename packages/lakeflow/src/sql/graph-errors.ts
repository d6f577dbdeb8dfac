import { LakewrightError, type SourceLocation } from '@lakewright/config';

export type GraphErrorCode =
  | 'LAKEFLOW_DUPLICATE'
  | 'LAKEFLOW_UNKNOWN_TARGET'
  | 'LAKEFLOW_CYCLE'
  | 'LAKEFLOW_STREAMING'
  | 'LAKEFLOW_FLOW';

/** The statements are right one by one and do not go together. */
export function flowError(code: GraphErrorCode, location: SourceLocation, message: string, hint: string): LakewrightError {
  return new LakewrightError(code, message, { location, hint });
}
