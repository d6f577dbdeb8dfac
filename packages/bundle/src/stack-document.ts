/** One resource of a synthesized stack: the arguments as Terraform's JSON has them. */
export type ResourceArguments = Readonly<Record<string, unknown>>;

/** A synthesized stack: its name and its `cdk.tf.json`. */
export interface StackDocument {
  readonly name: string;
  /** Absolute: assets are relative to it. */
  readonly folder: string;
  readonly json: {
    readonly resource?: Readonly<Record<string, Readonly<Record<string, ResourceArguments>>>>;
    readonly output?: Readonly<Record<string, { readonly value?: unknown }>>;
  };
}

/** A resource in its stack. */
export interface StackResource {
  readonly stack: StackDocument;
  readonly type: string;
  readonly id: string;
  readonly values: ResourceArguments;
}

/** The resources of one type, in the order of the stack. */
export function resourcesOf(stack: StackDocument, type: string): readonly StackResource[] {
  return Object.entries(stack.json.resource?.[type] ?? {}).map(([id, values]) => ({ stack, type, id, values }));
}
