import { LakewrightError } from '@lakewright/config';
import type { Directory, Identity } from './directory';
import type { Metastore } from './metastore';
import { type Action, distinctNeeds, type Need, needsOf } from './needs';
import { containersOf, ref, type SecurableRef, titleOf } from './securable';

/** SQLSTATE of INSUFFICIENT_PERMISSIONS ("Error conditions", docs.databricks.com). */
const SQL_STATE = '42501';

/** What somebody lacks; in the platform's words, with where in the stacks it would be given. */
export class DeniedError extends LakewrightError {
  readonly sqlState = SQL_STATE;

  constructor(
    readonly principal: string,
    /** One line each: `User does not have SELECT on Table 'c.s.t'.` */
    readonly lacking: readonly string[],
    hint: string,
  ) {
    const message = `[INSUFFICIENT_PERMISSIONS] Insufficient privileges:\n${lacking.join('\n')} SQLSTATE: ${SQL_STATE}`;
    super('CATALOG_DENIED', message, { hint });
    this.name = 'DeniedError';
  }
}

/** Of some needs those that somebody lacks. */
export function lackingOf(metastore: Metastore, who: Identity, needs: readonly Need[]): readonly Need[] {
  return distinctNeeds(needs).filter(({ privilege, on }) => !metastore.holds(who, privilege, on));
}

/**
 * Lets somebody do all of some actions, or none. What a view reads is read as the view's owner, who must be allowed to
 * ("What is a view?", docs.databricks.com).
 *
 * @throws DeniedError naming everything that is lacking, containers first
 */
export function authorize(metastore: Metastore, directory: Directory, who: Identity, actions: readonly Action[]): void {
  if (who.admin) return;
  const lacking = lackingOf(metastore, who, actions.flatMap(needsOf));
  if (lacking.length > 0) throw denied(metastore, who, lacking);
  for (const action of actions)
    if (action.do === 'read' && 'table' in action) readAsOwner(metastore, directory, action.table, []);
}

/** A view may read views; one that reads itself through another reads nothing more. */
function readAsOwner(metastore: Metastore, directory: Directory, table: string, above: readonly string[]): void {
  const view = metastore.get(ref('table', table));
  if (view?.type !== 'VIEW' || above.includes(view.name)) return;
  const owner = directory.identity(view.owner);
  const needs = (view.reads ?? []).flatMap((read) => needsOf({ do: 'read', table: read }));
  const lacking = lackingOf(metastore, owner, needs);
  if (lacking.length > 0) {
    const lines = lacking.map((need) => `Owner of ${titleOf(view)} does not have ${need.privilege} on ${titleOf(need.on)}.`);
    throw new DeniedError(owner.name, lines, 'a view reads as its owner, who has lost what it reads');
  }
  for (const read of view.reads ?? []) readAsOwner(metastore, directory, read, [...above, view.name]);
}

/** The error that somebody lacks privileges. */
export function denied(metastore: Metastore, who: Identity, lacking: readonly Need[]): DeniedError {
  const lines = lacking.map(({ privilege, on }) => `User does not have ${privilege} on ${titleOf(on)}.`);
  const byPlace = new Map<string, Set<string>>();
  for (const { privilege, on } of lacking) {
    const place = placeOf(metastore, on);
    byPlace.set(place, (byPlace.get(place) ?? new Set()).add(privilege));
  }
  if (lacking.every(({ on }) => on.name.split('.')[0] === 'system'))
    return new DeniedError(who.name, lines, "the tables of the catalog system are the metastore admin's: leave --as out");
  const mends = [...byPlace].map(([place, privileges]) => `${[...privileges].join(', ')} ${place}`);
  return new DeniedError(who.name, lines, `grant "${who.name}" ${mends.join('; ')}; then lakewright up`);
}

/** Where in the stacks a grant on a securable is written: of what lies in a schema, with the grants of the schema when it has none of its own. */
function placeOf(metastore: Metastore, on: SecurableRef): string {
  const [container] = containersOf(on);
  const [set] = [on, ...(container?.kind === 'schema' ? [container] : [])].flatMap((place) => metastore.grantsOn(place));
  if (set?.origin) return `in ${set.origin.address} (stack ${set.origin.stack})`;
  const origin = metastore.get(on)?.origin;
  return `by a databricks_grants on ${titleOf(on)}${origin ? ` (stack ${origin.stack})` : ''}`;
}
