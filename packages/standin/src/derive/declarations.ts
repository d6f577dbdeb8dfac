/** What the generated TypeScript of one construct declares, before it is made a schema. */
export interface Declarations {
  /** `aws_sqs_queue`, or for a provider its local name, `aws`. */
  terraformType?: string;
  kind?: 'resource' | 'data' | 'provider';
  /** Names that a `<name> block` comment marks as nested blocks, per interface. */
  blocks: Map<string, Set<string>>;
  /** Members of resource classes and of the classes of nested objects, per class. */
  members: Map<string, Member[]>;
  /** `XList` and `XMap` to the class of one element. */
  elements: Map<string, string>;
  /** Classes of objects of which there is one at most, in a list (`super(..., 0)`). */
  onlyOne: Set<string>;
  /** What `synthesizeHclAttributes` (key: the class) and `<struct>ToHclTerraform` (key: the struct) say of settable names. */
  hcl: Map<string, HclAttribute[]>;
  /** The construct's own class. */
  mainClass?: string;
  /** The interface of its arguments: `<class>Config`, or another name where that one was taken. */
  configInterface?: string;
}

/** One attribute with the line of TypeScript that tells its type. */
export interface Member {
  name: string;
  computed: boolean;
  optional: boolean;
  required: boolean;
  /** The class of its nested objects. */
  nestedClass?: string;
  /** Third argument of a list's constructor: the list wraps a set. */
  wrapsSet?: boolean;
  /** What its getter returns: `this.getStringAttribute('name')`. */
  getter?: string;
}

export interface HclAttribute {
  name: string;
  isBlock: boolean;
  type: string;
  storageClassType: string;
}

const MEMBER = /^ {2}\/\/ (\w+) - computed: (true|false), optional: (true|false), required: (true|false)/;
const NESTED = /^ {2}private _\w+ = new ([\w.]+)\(this, "\w+"(?:, (true|false))?\)/;
const GETTER = /^ {4}return (.+);$/;
const BLOCK_COMMENT = /^ {2}\* (\w+) block$/;
const DOCUMENTED = /#(\w+) \w+#\w+\}$/;
const FIELD = /^ {2}readonly (\w+)\??: /;
const INTERFACE = /^export interface (\w+)/;
const CLASS = /^export class (\w+) extends cdktf\.(\w+)/;
const HCL_FUNCTION = /^export function (\w+)ToHclTerraform\(/;
const HCL_ENTRY = /^\s+(\w+): \{$/;

const KINDS: Record<string, Declarations['kind']> = {
  TerraformResource: 'resource',
  TerraformDataSource: 'data',
  TerraformProvider: 'provider',
};

/** Reads the generated code line by line: it is machine-written and regular, so a full parse would only cost time. */
export function readDeclarations(source: string): Declarations {
  const reader = new Reader();
  for (const line of source.split('\n')) reader.line(line);
  return reader.found;
}

class Reader {
  readonly found: Declarations = {
    blocks: new Map(),
    members: new Map(),
    elements: new Map(),
    onlyOne: new Set(),
    hcl: new Map(),
  };
  private where: 'interface' | 'class' | 'hcl' | undefined;
  private name = '';
  private pendingBlock: string | undefined;
  private documented: string | undefined;
  private member: Member | undefined;
  private entry: HclAttribute | undefined;
  private hclEnd = '}';

  line(line: string): void {
    if (line.startsWith('export ')) this.declaration(line);
    else if (this.where === 'interface') this.interfaceLine(line);
    else if (this.where === 'class') this.classLine(line);
    else if (this.where === 'hcl') this.hclLine(line);
  }

  private declaration(line: string): void {
    this.where = undefined;
    const [, interfaceName] = INTERFACE.exec(line) ?? [];
    const [, className, base] = CLASS.exec(line) ?? [];
    const [, hclFunction] = HCL_FUNCTION.exec(line) ?? [];
    if (interfaceName) {
      if (line.includes('extends cdktf.TerraformMetaArguments')) this.found.configInterface = interfaceName;
      this.enter('interface', interfaceName);
    } else if (className && base) {
      this.enter('class', className);
      this.openClass(className, base);
    } else if (hclFunction) this.enterHcl(capitalized(hclFunction), '}');
  }

  private openClass(name: string, base: string): void {
    const kind = KINDS[base];
    if (kind) {
      this.found.kind = kind;
      this.found.mainClass = name;
    }
    if (kind || base === 'ComplexObject') this.found.members.set(name, []);
  }

  private enter(where: 'interface' | 'class', name: string): void {
    this.where = where;
    this.name = name;
    this.pendingBlock = undefined;
    this.member = undefined;
    if (where === 'interface') this.found.blocks.set(name, new Set());
  }

  /** `end`: the closing brace of the function or, indented, of the method. */
  private enterHcl(name: string, end: string): void {
    this.where = 'hcl';
    this.hclEnd = end;
    this.name = name;
    this.entry = undefined;
    this.found.hcl.set(name, []);
  }

  private interfaceLine(line: string): void {
    const block = BLOCK_COMMENT.exec(line);
    if (block) this.pendingBlock = block[1];
    const documented = DOCUMENTED.exec(line);
    if (documented) this.documented = documented[1];
    if (!FIELD.test(line)) return;
    // The comment must name the very argument it stands on: free text may end in "block" too.
    if (this.pendingBlock && this.pendingBlock === this.documented) this.found.blocks.get(this.name)?.add(this.pendingBlock);
    this.pendingBlock = undefined;
    this.documented = undefined;
  }

  private classLine(line: string): void {
    if (line.startsWith('  protected synthesizeHclAttributes')) {
      this.enterHcl(this.name, '  }');
      return;
    }
    const type = /^ {2}public static readonly tfResourceType = "(\w+)"/.exec(line);
    if (type) this.found.terraformType = type[1];
    const element = /^ {2}public get\((?:index: number|key: string)\): (\w+) \{/.exec(line);
    if (element?.[1]) this.found.elements.set(this.name, element[1]);
    if (line === '    super(terraformResource, terraformAttribute, false, 0);') this.found.onlyOne.add(this.name);
    this.memberLine(line);
  }

  private memberLine(line: string): void {
    const comment = MEMBER.exec(line);
    if (comment?.[1]) {
      const [, name, computed, optional, required] = comment;
      this.member = { name, computed: computed === 'true', optional: optional === 'true', required: required === 'true' };
      this.found.members.get(this.name)?.push(this.member);
      return;
    }
    if (!this.member || this.member.getter) return;
    const nested = NESTED.exec(line);
    if (nested) {
      this.member.nestedClass = nested[1];
      this.member.wrapsSet = nested[2] === 'true';
    }
    const getter = GETTER.exec(line);
    if (getter) this.member.getter = getter[1];
  }

  private hclLine(line: string): void {
    if (line === this.hclEnd) {
      this.where = undefined;
      return;
    }
    const opened = HCL_ENTRY.exec(line);
    if (opened?.[1]) {
      this.entry = { name: opened[1], isBlock: false, type: 'simple', storageClassType: 'string' };
      this.found.hcl.get(this.name)?.push(this.entry);
      return;
    }
    if (!this.entry) return;
    const isBlock = /^\s+isBlock: (true|false),$/.exec(line);
    if (isBlock) this.entry.isBlock = isBlock[1] === 'true';
    const type = /^\s+type: "(\w+)",$/.exec(line);
    if (type?.[1]) this.entry.type = type[1];
    const storage = /^\s+storageClassType: "(\w+)",$/.exec(line);
    if (storage?.[1]) this.entry.storageClassType = storage[1];
  }
}

/** `sqsQueueTimeouts` to `SqsQueueTimeouts`: functions are named after the struct, beginning in lower case. */
export function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
