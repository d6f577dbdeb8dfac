import { LakewrightError, type SourceLocation } from '@lakewright/config';

/** An error about a file source, at the place where the pipeline reads it. */
export function sourceError(
  code: string,
  message: string,
  location: SourceLocation | undefined,
  hint: string,
  cause?: unknown,
): LakewrightError {
  return new LakewrightError(code, message, { location, hint, cause });
}
