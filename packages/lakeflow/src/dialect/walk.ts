import { quoteName, type SparkType } from '../engine/spark-type';
import type { Call, Join, Node, QueryNode, Relation, SelectNode } from './node';
import { written } from './render';
import type { Rule, Workbench } from './rule';
import { emptyScope, type Scope, type ScopedRelation } from './scope';

/** Goes over a tree, children first, and lets every rule look at every node with what names mean there. */
export class Walk {
  constructor(
    private readonly bench: Workbench,
    private readonly rules: readonly Rule[],
  ) {}

  async query(node: QueryNode, outer: Scope): Promise<void> {
    let scope = outer;
    for (const [index, table] of node.with.entries()) {
      await this.query(table.query, scope);
      const text = this.bench.render(table);
      const before = index === 0 ? outerWith(outer) : `${scope.with.trimEnd()}, `;
      scope = { ...scope, with: `${before}${text} ` };
    }
    for (const operand of node.operands) await this.node(operand, scope);
    const [only] = node.operands;
    const inner = only?.kind === 'select' && node.operands.length === 1 ? this.scopeOf(only, scope) : scope;
    for (const child of node.children) {
      if (child.kind !== 'common_table' && !node.operands.includes(child)) await this.node(child, inner);
    }
    await this.apply(node, scope);
  }

  expression(node: Node, scope: Scope): Promise<void> {
    return this.node(node, scope);
  }

  private readonly scopes = new Map<SelectNode, Scope>();

  private scopeOf(node: SelectNode, outer: Scope): Scope {
    return this.scopes.get(node) ?? outer;
  }

  private async node(node: Node, scope: Scope): Promise<void> {
    if (node.kind === 'query') return this.query(node, emptyScope(scope.with, scope));
    if (node.kind === 'select') return this.select(node, scope);
    if (node.kind === 'call') await this.call(node, scope);
    else for (const child of node.children) await this.node(child, scope);
    await this.apply(node, scope);
  }

  private async apply(node: Node, scope: Scope): Promise<void> {
    for (const rule of this.rules) await rule.apply(node, scope, this.bench);
  }

  private async select(node: SelectNode, outer: Scope): Promise<void> {
    const scope = await this.fromScope(node, outer);
    this.scopes.set(node, scope);
    for (const child of node.children) {
      if (child === node.from || child.kind === 'lateral_view') continue;
      await this.node(child, scope);
    }
    await this.keepNames(node, scope);
    await this.apply(node, scope);
  }

  /** A column without an alias is called after its text: a rewrite must not rename it. */
  private async keepNames(node: SelectNode, scope: Scope): Promise<void> {
    for (const item of node.items) {
      const { expression, alias } = item;
      const original = written(this.bench.cursor, expression.start, expression.end);
      const hasName =
        alias !== undefined || item.end > expression.end || expression.kind === 'star' || expression.kind === 'column';
      if (hasName || this.bench.render(expression) === original) continue;
      item.parts = [expression, ` AS ${quoteName(await this.nameOf(node, expression, original, scope))}`];
    }
  }

  private async nameOf(node: SelectNode, expression: Node, original: string, scope: Scope): Promise<string> {
    if (expression.kind === 'path')
      return [...expression.steps].reverse().flatMap((step) => (step.kind === 'name' ? [step.name] : []))[0] ?? original;
    const from = node.from ? ` FROM ${this.wholeFrom(node)}` : '';
    const [column] = (await this.bench.describe(`${scope.with}SELECT ${original}${from}`)) ?? [];
    return column?.name ?? original;
  }

  private async fromScope(node: SelectNode, outer: Scope): Promise<Scope> {
    const relations: ScopedRelation[] = [];
    const merged = new Set<string>();
    const aliases = new Map<string, Node>();
    for (const { alias, expression } of node.items) if (alias !== undefined) aliases.set(alias.toLowerCase(), expression);
    const whole = () => this.bench.fieldsOf(`${outer.with}SELECT * FROM ${this.wholeFrom(node)}`);
    const inner: Scope = { with: outer.with, relations, merged, aliases: new Map(), parameters: new Map(), outer };
    if (node.from) await this.relation(node.from, inner, relations, merged, whole);
    for (const view of node.views) {
      for (const child of view.children) await this.node(child, inner);
      await this.apply(view, inner);
      relations.push({ alias: view.alias || undefined, names: [], columns: once(whole) });
    }
    return { ...inner, aliases };
  }

  /** FROM and LATERAL VIEW, as the engine gets them. */
  private wholeFrom(node: SelectNode): string {
    return [node.from, ...node.views].map((part) => (part ? this.bench.render(part) : '')).join(' ');
  }

  private async relation(
    node: Relation,
    scope: Scope,
    into: ScopedRelation[],
    merged: Set<string>,
    whole: ScopedRelation['columns'],
  ): Promise<void> {
    if (node.kind === 'join') await this.join(node, scope, into, merged, whole);
    else if (node.kind === 'grouped' && node.alias === undefined)
      await this.relation(node.inner as Relation, scope, into, merged, whole);
    else if (node.kind === 'pivot') {
      const inner: ScopedRelation[] = [];
      await this.relation(node.input as Relation, scope, inner, merged, whole);
      const within: Scope = { ...scope, relations: inner };
      for (const child of node.children.slice(1)) await this.node(child, within);
    } else {
      const around = isLateral(node) ? scope : emptyScope(scope.with, scope.outer);
      for (const child of node.children) await this.node(child, around);
    }
    await this.apply(node, { ...scope, relations: into });
    if (node.kind === 'join' || (node.kind === 'grouped' && node.alias === undefined)) return;
    const alone = () => this.bench.fieldsOf(`${scope.with}SELECT * FROM ${this.bench.render(node)}`);
    into.push({
      alias: node.alias,
      names: node.kind === 'table' ? node.names : [],
      columns: once(isLateral(node) ? whole : alone),
    });
  }

  private async join(
    node: Join,
    scope: Scope,
    into: ScopedRelation[],
    merged: Set<string>,
    whole: ScopedRelation['columns'],
  ): Promise<void> {
    await this.relation(node.left as Relation, scope, into, merged, whole);
    await this.relation(node.right as Relation, scope, into, merged, whole);
    for (const child of node.children.slice(2)) await this.node(child, { ...scope, relations: into });
    for (const name of node.using ?? []) merged.add(name);
  }

  /** Arguments first, so that the parameters of lambdas have the types of what the lambda is applied to. */
  private async call(node: Call, scope: Scope): Promise<void> {
    for (const given of node.arguments) {
      if (given.kind !== 'lambda') await this.node(given, scope);
    }
    for (const given of node.arguments) {
      if (given.kind !== 'lambda') continue;
      const types = await this.parameterTypes(node, given.parameters.length, scope);
      const parameters = new Map(given.parameters.map((name, index) => [name, types[index]]));
      await this.node(given.body, { ...emptyScope(scope.with, scope), parameters });
    }
    await this.node(node.tail, scope);
  }

  private async parameterTypes(node: Call, count: number, scope: Scope): Promise<readonly (SparkType | undefined)[]> {
    const [first, second] = node.arguments;
    const type = first && (await this.bench.typeOf(first, scope));
    const int: SparkType = { kind: 'int' };
    if (type?.kind === 'map') return [type.key, type.value];
    if (type?.kind !== 'array') return [];
    if (node.name === 'aggregate' || node.name === 'reduce') {
      const state = second && (await this.bench.typeOf(second, scope));
      return [state, type.element];
    }
    if (node.name === 'zip_with') {
      const other = second && (await this.bench.typeOf(second, scope));
      return [type.element, other?.kind === 'array' ? other.element : undefined];
    }
    if (node.name === 'array_sort') return [type.element, type.element];
    return count === 2 ? [type.element, int] : [type.element];
  }
}

function isLateral(node: Relation): boolean {
  return node.kind === 'derived' && node.lateral;
}

function outerWith(scope: Scope): string {
  return scope.with === '' ? 'WITH ' : `${scope.with.trimEnd()}, `;
}

/** Asks once, and only when asked. */
function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let asked: Promise<Value> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}
