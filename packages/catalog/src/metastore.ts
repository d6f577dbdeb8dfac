import { fold, type Identity } from './directory';
import { covers, isBorne, ownerHas, type Privilege, privilegesOn } from './privilege';
import { containersOf, keyOf, type Origin, type Securable, type SecurableRef } from './securable';

/** Privileges that a principal was given on one securable. */
export interface Grant {
  readonly principal: string;
  readonly privileges: readonly Privilege[];
}

/** The grants that one Terraform resource puts on a securable. */
export interface GrantSet extends SecurableRef {
  readonly grants: readonly Grant[];
  readonly origin?: Origin;
}

/** A privilege of a principal on a securable, and where it was given. */
export interface HeldGrant {
  readonly principal: string;
  readonly privilege: Privilege;
  readonly on: SecurableRef;
  readonly inheritedFrom?: SecurableRef;
}

/**
 * Securables with their owners and grants, and what follows from them by the rules of "Unity Catalog permissions model concepts"
 * (docs.databricks.com), privilege model 1.0. Immutable.
 */
export class Metastore {
  private readonly known = new Map<string, Securable>();
  private readonly grantSets = new Map<string, readonly GrantSet[]>();

  constructor(securables: readonly Securable[], grants: readonly GrantSet[]) {
    for (const securable of securables) this.known.set(keyOf(securable), securable);
    for (const set of grants) this.grantSets.set(keyOf(set), [...(this.grantSets.get(keyOf(set)) ?? []), set]);
  }

  get(ref: SecurableRef): Securable | undefined {
    return this.known.get(keyOf(ref));
  }

  /** Of one kind, by name. */
  all(kind: SecurableRef['kind']): readonly Securable[] {
    const found = [...this.known.values()].filter((each) => each.kind === kind);
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** What was granted on a securable itself. */
  grantsOn(ref: SecurableRef): readonly GrantSet[] {
    return this.grantSets.get(keyOf(ref)) ?? [];
  }

  /** Grants on a securable, and those on what contains it that it inherits: what a securable cannot bear is not passed on to it. */
  heldOn(ref: SecurableRef): readonly HeldGrant[] {
    const applicable = privilegesOn(ref.kind, this.get(ref)?.type);
    return this.granted(ref).filter(({ privilege }) => applicable.includes(privilege));
  }

  private granted(ref: SecurableRef): readonly HeldGrant[] {
    return [ref, ...containersOf(ref)].flatMap((place, depth) =>
      this.grantsOn(place).flatMap(({ grants }) =>
        grants.flatMap(({ principal, privileges }) =>
          privileges.map((privilege) => ({ principal, privilege, on: ref, ...(depth > 0 ? { inheritedFrom: place } : {}) })),
        ),
      ),
    );
  }

  /** Whether somebody owns a securable, personally or by a group. */
  owns(who: Identity, ref: SecurableRef): boolean {
    const owner = this.get(ref)?.owner;
    return owner !== undefined && who.names.has(fold(owner));
  }

  /**
   * Whether somebody has a privilege on a securable: granted on it or on what contains it, by ALL PRIVILEGES, or as its owner. Owning
   * what contains it gives none. Usage of the containers is asked for apart (`needs.ts`).
   */
  holds(who: Identity, privilege: Privilege, ref: SecurableRef): boolean {
    if (who.admin) return true;
    const type = this.get(ref)?.type;
    if (type !== undefined && !isBorne(privilege, type)) return false;
    if (this.owns(who, ref) && ownerHas(privilege)) return true;
    if (privilege === 'MANAGE' && containersOf(ref).some((container) => this.owns(who, container))) return true;
    return this.granted(ref).some(
      (held) => who.names.has(fold(held.principal)) && covers(held.privilege, privilege, (held.inheritedFrom ?? ref).kind),
    );
  }

  /**
   * Whether somebody sees that a securable is there: BROWSE, MANAGE, ownership, or the usage of its containers with the usage of a catalog
   * or schema itself, with any privilege on what they hold ("Manage schemas", docs.databricks.com).
   */
  sees(who: Identity, ref: SecurableRef): boolean {
    if (this.holds(who, 'BROWSE', ref) || this.holds(who, 'MANAGE', ref)) return true;
    if (!containersOf(ref).every((container) => this.uses(who, container))) return false;
    if (ref.kind === 'catalog' || ref.kind === 'schema') return this.uses(who, ref);
    return this.heldOn(ref).some((held) => who.names.has(fold(held.principal)));
  }

  /** USE CATALOG of a catalog, USE SCHEMA of a schema. */
  uses(who: Identity, container: SecurableRef): boolean {
    return this.holds(who, container.kind === 'catalog' ? 'USE CATALOG' : 'USE SCHEMA', container);
  }
}
