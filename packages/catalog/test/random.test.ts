import { type Action, authorize, DeniedError, Directory, type Identity, Metastore, type Privilege, ref } from '../src';
import { Model, type Thing, type World } from './model';

const PEOPLE = ['ann', 'bob', 'eve'];
const GROUPS = ['staff', 'readers', 'builders'];
const GRANTABLE: Readonly<Record<Thing['kind'], readonly Privilege[]>> = {
  catalog: [
    'ALL PRIVILEGES',
    'USE CATALOG',
    'USE SCHEMA',
    'SELECT',
    'MODIFY',
    'MANAGE',
    'BROWSE',
    'CREATE TABLE',
    'READ VOLUME',
    'EXTERNAL USE SCHEMA',
  ],
  schema: [
    'ALL PRIVILEGES',
    'USE SCHEMA',
    'SELECT',
    'MODIFY',
    'MANAGE',
    'CREATE TABLE',
    'CREATE MATERIALIZED VIEW',
    'WRITE VOLUME',
  ],
  table: ['ALL PRIVILEGES', 'SELECT', 'MODIFY', 'MANAGE'],
  volume: ['ALL PRIVILEGES', 'READ VOLUME', 'WRITE VOLUME', 'MANAGE'],
};

test('random trees, groups and grants: allowed is what the documented rules allow, and nothing else', () => {
  let allowed = 0;
  let denied = 0;
  for (let seed = 1; seed <= 150; seed++) {
    const world = randomWorld(generator(seed));
    const model = new Model(world);
    const directory = directoryOf(world);
    const metastore = metastoreOf(world);
    const differences: object[] = [];
    for (const person of PEOPLE) {
      const who = directory.identity(person);
      for (const { action, expected, what } of questions(world, model, person)) {
        if (may(metastore, directory, who, action) !== expected) differences.push({ person, what, expected });
        if (expected) allowed += 1;
        else denied += 1;
      }
      for (const { kind, name } of world.tree) {
        const on = ref(kind, name);
        const found = [metastore.holds(who, 'MANAGE', on), metastore.sees(who, on)];
        const expected = [model.has(person, 'MANAGE', name), model.sees(person, name)];
        if (String(found) !== String(expected))
          differences.push({ person, what: `MANAGE and sight of ${name}`, found, expected });
      }
    }
    expect({ seed, differences }).toEqual({ seed, differences: [] });
  }
  // Both answers, each often: the worlds are neither open nor shut.
  expect(allowed).toBeGreaterThan(1_000);
  expect(denied).toBeGreaterThan(1_000);
});

function questions(
  world: World,
  model: Model,
  person: string,
): readonly { readonly what: string; readonly action: Action; readonly expected: boolean }[] {
  return world.tree.flatMap(({ kind, name }) => {
    const ask = (privilege: Privilege, action: Action) => ({
      what: `${privilege} ${name}`,
      action,
      expected: model.may(person, privilege, name),
    });
    if (kind === 'table')
      return [ask('SELECT', { do: 'read', table: name }), ask('MODIFY', { do: 'modify', table: name.toUpperCase() })];
    if (kind === 'volume')
      return [ask('READ VOLUME', { do: 'read', volume: name }), ask('WRITE VOLUME', { do: 'write', volume: name })];
    if (kind === 'catalog') return [ask('USE CATALOG', { do: 'use catalog', catalog: name })];
    const creating = (privilege: 'CREATE TABLE' | 'CREATE MATERIALIZED VIEW', action: Action) => ({
      what: `${privilege} ${name}`,
      action,
      expected: model.may(person, 'USE SCHEMA', name) && model.has(person, privilege, name),
    });
    return [
      ask('USE SCHEMA', { do: 'use schema', schema: name }),
      creating('CREATE TABLE', { do: 'create table', schema: name }),
      creating('CREATE MATERIALIZED VIEW', { do: 'create materialized view', schema: name }),
    ];
  });
}

function may(metastore: Metastore, directory: Directory, who: Identity, action: Action): boolean {
  try {
    authorize(metastore, directory, who, [action]);
    return true;
  } catch (error) {
    if (error instanceof DeniedError) return false;
    throw error;
  }
}

function metastoreOf({ tree, grants }: World): Metastore {
  const kindOf = new Map(tree.map(({ name, kind }) => [name, kind]));
  const sets = grants.map(({ to, privilege, on }) => ({
    ...ref(kindOf.get(on)!, on),
    grants: [{ principal: to, privileges: [privilege] }],
  }));
  return new Metastore(
    tree.map(({ kind, name, owner }) => ({ ...ref(kind, name), owner })),
    sets,
  );
}

function directoryOf({ people, memberOf }: World): Directory {
  return new Directory([...people, ...GROUPS].map((name) => ({ name, groups: memberOf[name] ?? [] })));
}

function randomWorld(random: () => number): World {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const anybody = [...PEOPLE, ...GROUPS, 'account users'];
  const owner = () => (random() < 0.5 ? 'deployer' : pick([...PEOPLE, ...GROUPS]));
  const tree: Thing[] = ['a', 'b'].flatMap((catalog): Thing[] => [
    { name: catalog, kind: 'catalog', owner: owner() },
    ...['x', 'y'].flatMap((schema): Thing[] => [
      { name: `${catalog}.${schema}`, kind: 'schema', owner: owner() },
      { name: `${catalog}.${schema}.t`, kind: 'table', owner: owner() },
      { name: `${catalog}.${schema}.v`, kind: 'volume', owner: owner() },
    ]),
  ]);
  const memberOf = Object.fromEntries(
    [...PEOPLE, ...GROUPS].map((name) => [name, GROUPS.filter((group) => group !== name && random() < 0.3)]),
  );
  const grants = Array.from({ length: 4 + Math.floor(random() * 14) }, () => {
    const { name, kind } = random() < 0.5 ? tree[0]! : pick(tree);
    return { to: pick(anybody), privilege: pick(GRANTABLE[kind]), on: name };
  });
  return { people: PEOPLE, memberOf, tree, grants };
}

/** Numbers below one, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 4_294_967_296;
  };
}
