import type { SparkField, SparkType } from '../engine/spark-type';
import type { Node } from './node';

/** A relation of a FROM: what its columns can be qualified by, and what they are. */
export interface ScopedRelation {
  readonly alias: string | undefined;
  /** More than one part for a table without an alias. */
  readonly names: readonly string[];
  /** Asked of the engine when first wanted; undefined when it cannot tell (a lateral subquery). */
  readonly columns: () => Promise<readonly SparkField[] | undefined>;
}

/** What names mean in one SELECT, and around it. */
export interface Scope {
  /** `WITH ...` of everything in sight, as the engine gets it, or nothing. */
  readonly with: string;
  readonly relations: readonly ScopedRelation[];
  /** Columns that a JOIN USING or NATURAL JOIN made one: their names in lower case. */
  readonly merged: ReadonlySet<string>;
  /** Expressions of the select list by alias, in lower case: ORDER BY and HAVING may name them. */
  readonly aliases: ReadonlyMap<string, Node>;
  /** Parameters of lambdas around the expression. */
  readonly parameters: ReadonlyMap<string, SparkType | undefined>;
  readonly outer: Scope | undefined;
}

export function emptyScope(withText: string, outer: Scope | undefined): Scope {
  return { with: withText, relations: [], merged: new Set(), aliases: new Map(), parameters: new Map(), outer };
}

/**
 * The type of a column by its parts, innermost scope first: `a`, `t.a`, `s.t.a`, `a.field`.
 *
 * @returns undefined when nothing of that name is known
 */
export async function typeOfColumn(
  scope: Scope | undefined,
  names: readonly string[],
  typeOf: (node: Node, scope: Scope) => Promise<SparkType | undefined>,
): Promise<SparkType | undefined> {
  for (let at = scope; at; at = at.outer) {
    const [first = ''] = names;
    if (at.parameters.has(first.toLowerCase())) return fieldOf(at.parameters.get(first.toLowerCase()), names.slice(1));
    const found = await inRelations(at.relations, names);
    if (found) return found;
    const alias = at.aliases.get(first.toLowerCase());
    if (alias) return fieldOf(await typeOf(alias, { ...at, aliases: new Map() }), names.slice(1));
  }
  return undefined;
}

async function inRelations(relations: readonly ScopedRelation[], names: readonly string[]): Promise<SparkType | undefined> {
  for (const relation of relations) {
    const rest = afterQualifier(relation, names);
    for (const parts of rest) {
      const field = (await relation.columns())?.find(({ name }) => name.toLowerCase() === parts[0]!.toLowerCase());
      const type = field && fieldOf(field.type, parts.slice(1));
      if (type) return type;
    }
  }
  return undefined;
}

/** What may be left of a name once a relation's qualifier is taken off: as it is, and without one to three parts. */
function afterQualifier({ alias, names }: ScopedRelation, wanted: readonly string[]): readonly (readonly string[])[] {
  const rests = [wanted];
  if (alias !== undefined && wanted.length > 1 && wanted[0]!.toLowerCase() === alias.toLowerCase())
    rests.unshift(wanted.slice(1));
  for (let length = 2; length <= names.length && length < wanted.length; length++) {
    const tail = names.slice(-length).join('.').toLowerCase();
    if (wanted.slice(0, length).join('.').toLowerCase() === tail) rests.unshift(wanted.slice(length));
  }
  return rests;
}

function fieldOf(type: SparkType | undefined, path: readonly string[]): SparkType | undefined {
  let found = type;
  for (const name of path) {
    if (found?.kind === 'array') found = found.element;
    if (found?.kind === 'map') found = found.value;
    else if (found?.kind === 'struct')
      found = found.fields.find((field) => field.name.toLowerCase() === name.toLowerCase())?.type;
    else return undefined;
  }
  return found;
}
