import type { Column, SqlEngine } from '../engine';
import { EngineError } from '../engine';
import { parseColumns } from '../engine/ddl';
import { formatType, quoteName, type SparkField, type SparkType } from '../engine/spark-type';
import type { Cursor } from '../sql/cursor';
import type { Node } from './node';
import { asDecimal, decimalResult, isInteger, widerInteger } from './numeric-type';
import { type Renderer, renderer } from './render';
import type { Workbench } from './rule';
import { type Scope, typeOfColumn } from './scope';

const BOOLEAN: SparkType = { kind: 'boolean' };

/** Answers to questions without tables, by session. */
const ALONE = new WeakMap<object, Map<string, Promise<readonly Column[] | undefined>>>();

/** Asks the engine's analyzer about one statement; what was asked once is kept. */
export class TypeBench implements Workbench {
  readonly render: Renderer;
  readonly open: Node[] = [];
  private readonly described = new Map<string, Promise<readonly Column[] | undefined>>();
  private readonly types = new Map<Node, Promise<SparkType | undefined>>();

  constructor(
    readonly engine: Pick<SqlEngine, 'describe'>,
    readonly cursor: Cursor,
  ) {
    this.render = renderer(cursor);
  }

  undecided(node: Node): void {
    this.open.push(node);
  }

  describe(query: string): Promise<readonly Column[] | undefined> {
    const known = this.described.get(query);
    if (known) return known;
    const asked = this.engine.describe(query).catch((error: unknown) => {
      if (error instanceof EngineError && error.code !== 'ENGINE_UNAVAILABLE') return undefined;
      throw error;
    });
    this.described.set(query, asked);
    return asked;
  }

  async fieldsOf(query: string): Promise<readonly SparkField[] | undefined> {
    return (await this.describe(query))?.map(({ name, type }) => ({ name, type: parseType(type) }));
  }

  typeOf(node: Node, scope: Scope): Promise<SparkType | undefined> {
    const known = this.types.get(node);
    if (known) return known;
    const found = this.find(node, scope);
    this.types.set(node, found);
    return found;
  }

  private async find(node: Node, scope: Scope): Promise<SparkType | undefined> {
    switch (node.kind) {
      case 'literal':
        return parseType(node.type);
      case 'column':
        return typeOfColumn(scope, node.names, (each, at) => this.typeOf(each, at));
      case 'item':
        return this.typeOf(node.expression, scope);
      case 'cast':
        return parseType(node.type);
      case 'path':
        return { kind: 'string' };
      case 'predicate':
        return BOOLEAN;
      case 'unary':
        return node.operator === 'NOT' ? BOOLEAN : this.typeOf(node.operand, scope);
      case 'bracket':
        if (node.children.length === 1) return this.typeOf(node.children[0]!, scope);
        return this.ask(node, scope);
      case 'binary':
        if (node.operator === 'AND' || node.operator === 'OR') return BOOLEAN;
        return (await this.arithmetic(node, scope)) ?? this.ask(node, scope);
      case 'other':
        if (node.query) return (await this.fieldsOf(`${scope.with}${this.render(node.query)}`))?.[0]?.type;
        return this.ask(node, scope);
      default:
        return this.ask(node, scope);
    }
  }

  private async arithmetic(node: Extract<Node, { kind: 'binary' }>, scope: Scope): Promise<SparkType | undefined> {
    const [left, right] = [await this.typeOf(node.left, scope), await this.typeOf(node.right, scope)];
    if (!left || !right) return undefined;
    if (isInteger(left) && isInteger(right)) {
      if (node.operator === '/') return { kind: 'double' };
      if (node.operator === 'DIV') return { kind: 'bigint' };
      return '+-*%&|^'.includes(node.operator) ? widerInteger(left, right) : undefined;
    }
    const [one, other] = [asDecimal(left, digitsOf(node.left)), asDecimal(right, digitsOf(node.right))];
    return one && other ? decimalResult(node.operator, one, other) : undefined;
  }

  /** The engine's own word, columns put in as typed NULLs: needs no FROM, and goes for aggregates and correlated columns alike. */
  private async ask(node: Node, scope: Scope): Promise<SparkType | undefined> {
    if (node.kind === 'lambda') return undefined;
    const substitutes = new Map<Node, string>();
    await this.substitute(node, scope, new Set(), substitutes);
    const render = renderer(this.cursor, (each) => substitutes.get(each));
    const question = `SELECT ${render(node)} AS t`;
    const columns = hasQuery(node, substitutes)
      ? await this.describe(`${scope.with}${question}`)
      : await this.describeAlone(question);
    return columns?.[0] && parseType(columns[0].type);
  }

  /** A question about functions and typed NULLs alone has one answer in a session, whatever tables there are. */
  private describeAlone(question: string): Promise<readonly Column[] | undefined> {
    const answers = ALONE.get(this.engine) ?? new Map<string, Promise<readonly Column[] | undefined>>();
    ALONE.set(this.engine, answers);
    const known = answers.get(question);
    if (known) return known;
    const asked = this.describe(question);
    answers.set(question, asked);
    asked.catch(() => answers.delete(question));
    return asked;
  }

  private async substitute(node: Node, scope: Scope, bound: ReadonlySet<string>, into: Map<Node, string>): Promise<void> {
    if (node.kind === 'column' && !bound.has(node.names[0]!.toLowerCase())) {
      const type = await this.typeOf(node, scope);
      if (type) into.set(node, typedNull(type));
    }
    if (node.kind === 'other' && node.query) {
      const type = await this.typeOf(node, scope);
      if (type) into.set(node, typedNull(type));
      return;
    }
    const inner = node.kind === 'lambda' ? new Set([...bound, ...node.parameters]) : bound;
    for (const child of node.children) await this.substitute(child, scope, inner, into);
  }
}

/** Whether a subquery is left in an expression for which nothing was put in. */
function hasQuery(node: Node, substitutes: ReadonlyMap<Node, string>): boolean {
  if (substitutes.has(node)) return false;
  return node.kind === 'query' || node.children.some((child) => hasQuery(child, substitutes));
}

/** The digits of an integer literal, which Spark counts beside a decimal. */
export function digitsOf(node: Node): string | undefined {
  if (node.kind === 'literal' && /^\d+$/.test(node.value)) return node.value;
  return undefined;
}

function typedNull(type: SparkType): string {
  return type.kind === 'void' ? 'NULL' : `CAST(NULL AS ${formatType(type)})`;
}

/** A type from its DDL. */
export function parseType(ddl: string): SparkType {
  const other: SparkType = { kind: 'other', text: ddl.toLowerCase() };
  try {
    return parseColumns(`${quoteName('c')} ${ddl}`)[0]?.type ?? other;
  } catch {
    return other;
  }
}
