import type { Privilege } from '../src';

/** A world small enough to think of: names as `catalog`, `catalog.schema`, `catalog.schema.thing`. */
export interface World {
  readonly people: readonly string[];
  /** Groups by member, people and groups alike. */
  readonly memberOf: Readonly<Record<string, readonly string[]>>;
  readonly tree: readonly Thing[];
  readonly grants: readonly { readonly to: string; readonly privilege: Privilege; readonly on: string }[];
}
export interface Thing {
  readonly name: string;
  readonly kind: 'catalog' | 'schema' | 'table' | 'volume';
  readonly owner: string;
}

/** What each level bears, of those privileges that the test draws ("Unity Catalog privileges reference"). */
const BEARS: Readonly<Record<Thing['kind'], readonly Privilege[]>> = {
  catalog: ['USE CATALOG', 'BROWSE', 'MANAGE', 'CREATE SCHEMA', 'EXTERNAL USE SCHEMA'],
  schema: ['USE SCHEMA', 'CREATE TABLE', 'CREATE MATERIALIZED VIEW', 'MANAGE', 'EXTERNAL USE SCHEMA'],
  table: ['SELECT', 'MODIFY', 'MANAGE'],
  volume: ['READ VOLUME', 'WRITE VOLUME', 'MANAGE'],
};
const RESERVED: readonly Privilege[] = ['MANAGE', 'EXTERNAL USE SCHEMA'];

/**
 * The documented rules the other way round from the code: every grant and every ownership is written out into the facts that follow from
 * it, person by person and thing by thing. A question is then a look into the facts.
 */
export class Model {
  private readonly facts = new Set<string>();
  private readonly owned = new Set<string>();

  constructor(private readonly world: World) {
    for (const person of world.people) {
      const selves = this.selves(person);
      for (const { to, privilege, on } of world.grants) {
        if (!selves.has(to)) continue;
        for (const thing of world.tree.filter(({ name }) => name === on || name.startsWith(`${on}.`))) {
          // "ALL PRIVILEGES" is evaluated on each object to what that object can bear, MANAGE and EXTERNAL USE SCHEMA aside.
          const given =
            privilege === 'ALL PRIVILEGES' ? BEARS[thing.kind].filter((each) => !RESERVED.includes(each)) : [privilege];
          for (const each of given) if (BEARS[thing.kind].includes(each)) this.add(person, each, thing.name);
          // BROWSE is borne by the catalog and shows everything in it.
          if (privilege === 'BROWSE' || privilege === 'ALL PRIVILEGES')
            if (on.split('.').length === 1) this.add(person, 'BROWSE', thing.name);
        }
      }
      for (const owned of world.tree.filter(({ owner }) => selves.has(owner))) {
        this.owned.add(`${person}|${owned.name}`);
        for (const each of BEARS[owned.kind]) if (each !== 'EXTERNAL USE SCHEMA') this.add(person, each, owned.name);
        // Owners manage what their object contains; they have no other privilege on it.
        for (const { name } of world.tree) if (name.startsWith(`${owned.name}.`)) this.add(person, 'MANAGE', name);
      }
    }
  }

  has(person: string, privilege: Privilege, on: string): boolean {
    return this.facts.has(`${person}|${privilege}|${on}`);
  }

  /** USE CATALOG and USE SCHEMA above, and the privilege itself. */
  may(person: string, privilege: Privilege, on: string): boolean {
    return (
      this.reaches(person, on) && this.has(person, privilege, on) && (privilege !== 'MODIFY' || this.has(person, 'SELECT', on))
    );
  }

  /** Owners see what is theirs, BROWSE and MANAGE show a thing too, and so does usage, with any privilege on tables and volumes. */
  sees(person: string, name: string): boolean {
    if (this.owned.has(`${person}|${name}`) || this.has(person, 'BROWSE', name) || this.has(person, 'MANAGE', name)) return true;
    const { kind } = this.world.tree.find((thing) => thing.name === name)!;
    const enough = kind === 'catalog' ? 'USE CATALOG' : kind === 'schema' ? 'USE SCHEMA' : undefined;
    return (
      this.reaches(person, name) &&
      BEARS[kind].some((privilege) => (enough === undefined || enough === privilege) && this.has(person, privilege, name))
    );
  }

  private reaches(person: string, name: string): boolean {
    const [catalog, schema, thing] = name.split('.');
    if (schema !== undefined && !this.has(person, 'USE CATALOG', catalog!)) return false;
    return thing === undefined || this.has(person, 'USE SCHEMA', `${catalog}.${schema}`);
  }

  private add(person: string, privilege: Privilege, on: string): void {
    this.facts.add(`${person}|${privilege}|${on}`);
  }

  /** A person, the groups around, and account users. */
  private selves(person: string): ReadonlySet<string> {
    const found = new Set([person, 'account users']);
    for (let size = 0; size !== found.size; ) {
      size = found.size;
      for (const each of [...found]) for (const group of this.world.memberOf[each] ?? []) found.add(group);
    }
    return found;
  }
}
