import {
  Directory,
  type DirectoryEntry,
  type GrantSet,
  type Identity,
  type Kind,
  keyOf,
  Metastore,
  parsePrivilege,
  ref,
  type Securable,
} from '../src';

/** A metastore of a few lines: `{ 'schema:shop.gold': { owner: 'boss', analysts: ['USE SCHEMA'] } }`. */
export type Lines = Readonly<Record<string, Readonly<Record<string, readonly string[] | string>> & { readonly owner?: string }>>;

export function metastoreOf(lines: Lines, more: Readonly<Record<string, Partial<Securable>>> = {}): Metastore {
  const refs = Object.keys(lines).map((key) => ref(key.split(':')[0] as Kind, key.split(':')[1]!));
  const securables = refs.map((each) => ({ ...each, owner: lines[keyOf(each)]!.owner ?? 'deployer', ...more[keyOf(each)] }));
  const grants = refs.map((each): GrantSet => {
    const entries = Object.entries(lines[keyOf(each)]!).filter(
      (entry): entry is [string, readonly string[]] => entry[0] !== 'owner',
    );
    return {
      ...each,
      grants: entries.map(([principal, privileges]) => ({
        principal,
        privileges: privileges.map((text) => parsePrivilege(text, each)),
      })),
    };
  });
  return new Metastore(securables, grants);
}

/** Somebody, in the groups given. */
export function person(name: string, ...groups: readonly string[]): Identity {
  return new Directory([{ name, groups }, ...groups.map((group): DirectoryEntry => ({ name: group }))]).identity(name);
}
