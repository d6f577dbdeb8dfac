/** Where in a source text an error stands; lines and columns count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Exit codes of every Lakewright command. */
export const EXIT = { done: 0, failed: 1, usage: 2, missing: 3 } as const;

export interface LakewrightErrorOptions {
  /** How to mend it, in one sentence. */
  readonly hint?: string;
  readonly location?: SourceLocation;
  readonly cause?: unknown;
  /** @default 1 (failed) */
  readonly exitCode?: number;
}

/**
 * The base of every error a user can meet: a stable code, what happened, where, and how to mend it.
 * The code never changes once published, so that scripts may match on it.
 */
export class LakewrightError extends Error {
  readonly code: string;
  readonly hint?: string;
  readonly location?: SourceLocation;
  readonly exitCode: number;

  constructor(code: string, message: string, options: LakewrightErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'LakewrightError';
    this.code = code;
    this.hint = options.hint;
    this.location = options.location;
    this.exitCode = options.exitCode ?? EXIT.failed;
  }

  /** One text for a terminal: `file:line:column: CODE: message` and the hint on a line of its own. */
  format(): string {
    const where = this.location ? `${this.location.file}:${this.location.line}:${this.location.column}: ` : '';
    const hint = this.hint ? `\n  hint: ${this.hint}` : '';
    return `${where}${this.code}: ${this.message}${hint}`;
  }
}
