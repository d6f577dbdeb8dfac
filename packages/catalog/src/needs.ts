import type { Privilege } from './privilege';
import { containersOf, keyOf, ref, type SecurableRef } from './securable';

/** A privilege that must be held on a securable. */
export interface Need {
  readonly privilege: Privilege;
  readonly on: SecurableRef;
}

/** What is done to a securable, in the words of whoever does it. */
export type Action =
  | { readonly do: 'read' | 'modify' | 'manage'; readonly table: string }
  | { readonly do: 'read' | 'write'; readonly volume: string }
  | { readonly do: 'execute'; readonly function: string }
  | { readonly do: 'create table' | 'create materialized view'; readonly schema: string }
  | { readonly do: 'use catalog'; readonly catalog: string }
  | { readonly do: 'use schema'; readonly schema: string }
  | { readonly do: 'read' | 'write'; readonly location: string };

/**
 * The privileges that an action needs, containers first ("Unity Catalog privileges reference", docs.databricks.com). Changing rows needs
 * SELECT beside MODIFY.
 */
export function needsOf(action: Action): readonly Need[] {
  if ('table' in action) {
    const on = ref('table', action.table);
    if (action.do === 'manage') return [...usage(on), { privilege: 'MANAGE', on }];
    return [...usage(on), { privilege: 'SELECT', on }, ...(action.do === 'modify' ? [{ privilege: 'MODIFY', on } as const] : [])];
  }
  if ('volume' in action) {
    const on = ref('volume', action.volume);
    return [...usage(on), { privilege: action.do === 'read' ? 'READ VOLUME' : 'WRITE VOLUME', on }];
  }
  if ('function' in action) {
    const on = ref('function', action.function);
    return [...usage(on), { privilege: 'EXECUTE', on }];
  }
  if ('location' in action) {
    const on: SecurableRef = { kind: 'external_location', name: action.location };
    return [{ privilege: action.do === 'read' ? 'READ FILES' : 'WRITE FILES', on }];
  }
  if ('catalog' in action) return [{ privilege: 'USE CATALOG', on: ref('catalog', action.catalog) }];
  const on = ref('schema', action.schema);
  const use: Need[] = [...usage(on), { privilege: 'USE SCHEMA', on }];
  if (action.do === 'use schema') return use;
  return [...use, { privilege: action.do === 'create table' ? 'CREATE TABLE' : 'CREATE MATERIALIZED VIEW', on }];
}

/** Usage of every container, the outermost first. */
function usage(on: SecurableRef): readonly Need[] {
  return containersOf(on)
    .toReversed()
    .map((container) => ({ privilege: container.kind === 'catalog' ? 'USE CATALOG' : 'USE SCHEMA', on: container }));
}

/** Without repetition, in order. */
export function distinctNeeds(needs: readonly Need[]): readonly Need[] {
  const byKey = new Map(needs.map((need) => [`${need.privilege} ${keyOf(need.on)}`, need]));
  return [...byKey.values()];
}
