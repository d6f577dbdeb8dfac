import { LakewrightError } from '@lakewright/config';
import type { StackDocument, StackResource } from './stack-document';

/** What a reference to an attribute of a resource becomes in a bundle; undefined where its own value stands for it. */
export type BundleReference = (resource: StackResource, attribute: string) => string | undefined;

const REFERENCE = /\$\{([^}]*)\}/g;
const REMOTE = /^data\.terraform_remote_state\.cross-stack-reference-input-([\w-]+)\.outputs\.([\w-]+)$/;
const ATTRIBUTE = /^(\w+)\.([\w-]+)\.(\w+)$/;

/** Follows Terraform's references through the stacks, down to what a bundle can say. */
export class References {
  constructor(
    private readonly stacks: readonly StackDocument[],
    private readonly inBundle: BundleReference,
  ) {}

  /**
   * A value with every reference in it replaced; anything that is no text is gone through.
   *
   * @throws LakewrightError BUNDLE_REFERENCE for what only a deployment by Terraform would know
   */
  resolve(value: unknown, stack: StackDocument): unknown {
    if (typeof value === 'string') return value.replaceAll(REFERENCE, (_, inner: string) => this.text(inner, stack));
    if (Array.isArray(value)) return value.map((item) => this.resolve(item, stack));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolve(item, stack)]));
  }

  /** The resource that a value is an attribute of, through the outputs of other stacks. */
  resourceOf(value: unknown, stack: StackDocument): StackResource | undefined {
    const inner = /^\$\{([^}]*)\}$/.exec(String(value))?.[1];
    const remote = inner === undefined ? null : REMOTE.exec(inner);
    if (remote) {
      const other = this.stack(remote[1]!);
      return other && this.resourceOf(other.json.output?.[remote[2]!]?.value, other);
    }
    return inner === undefined ? undefined : this.found(inner, stack)?.resource;
  }

  private text(inner: string, stack: StackDocument): string {
    const remote = REMOTE.exec(inner);
    const other = remote && this.stack(remote[1]!);
    const output = remote && other?.json.output?.[remote[2]!]?.value;
    if (other && output !== undefined) return String(this.resolve(output, other));
    const found = this.found(inner, stack);
    if (!found) throw unknown(inner, stack);
    const said = this.inBundle(found.resource, found.attribute);
    if (said !== undefined) return said;
    const own = found.resource.values[found.attribute];
    if (typeof own !== 'string') throw unknown(inner, stack);
    return String(this.resolve(own, stack));
  }

  private stack(name: string): StackDocument | undefined {
    return this.stacks.find((stack) => stack.name === name);
  }

  private found(inner: string, stack: StackDocument): { resource: StackResource; attribute: string } | undefined {
    const [, type = '', id = '', attribute = ''] = ATTRIBUTE.exec(inner) ?? [];
    const values = stack.json.resource?.[type]?.[id];
    return values && { resource: { stack, type, id, values }, attribute };
  }
}

function unknown(inner: string, { name }: StackDocument): LakewrightError {
  return new LakewrightError('BUNDLE_REFERENCE', `stack ${name}: a bundle cannot say what \${${inner}} is`, {
    hint: 'only a deployment by Terraform knows it: lakewright apply',
  });
}
