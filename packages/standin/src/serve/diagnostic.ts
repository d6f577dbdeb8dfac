/** A step into a value: an attribute's name, a map's key, or a list's index. */
export type PathStep = string | { key: string } | { index: number };

/** A problem that Terraform shows to the user, with the resource's address and source line added by Terraform itself. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  readonly path?: readonly PathStep[];
}

/** `lifecycle_rule[0].id` */
export function pathText(path: readonly PathStep[]): string {
  return path
    .map((step) => (typeof step === 'string' ? `.${step}` : 'key' in step ? `["${step.key}"]` : `[${step.index}]`))
    .join('')
    .replace(/^\./, '');
}

/** The protocol's message of a diagnostic. */
export function diagnosticMessage(diagnostic: Diagnostic): object {
  return {
    severity: diagnostic.severity === 'error' ? 1 : 2,
    summary: diagnostic.summary,
    detail: diagnostic.detail,
    attribute: diagnostic.path ? attributePath(diagnostic.path) : undefined,
  };
}

/** The protocol's message of a path. */
export function attributePath(path: readonly PathStep[]): object {
  return {
    steps: path.map((step) => {
      if (typeof step === 'string') return { attributeName: step };
      return 'key' in step ? { elementKeyString: step.key } : { elementKeyInt: step.index };
    }),
  };
}
