import { EXIT, LakewrightError } from '@lakewright/config';

/** Every principal of the account is in it. */
export const EVERYBODY = 'account users';

/** Somebody who may be granted something. */
export interface DirectoryEntry {
  /** As Unity Catalog names it: the name of a group or user, the application id of a service principal. */
  readonly name: string;
  /** What else it is called: the plain name of a service principal. */
  readonly alias?: string;
  /** Groups that it is a direct member of. */
  readonly groups?: readonly string[];
}

/** Who asks: a principal with every group that it is in, directly or through another. */
export interface Identity {
  readonly name: string;
  /** Names that grants to it may bear, itself included, folded. */
  readonly names: ReadonlySet<string>;
  /** Whether it is the metastore's admin, to whom everything is open. */
  readonly admin: boolean;
}

/** The metastore's admin: the person at the machine. */
export const ADMIN: Identity = { name: 'metastore admin', names: new Set(['metastore admin']), admin: true };

/**
 * The principals of the account. Acting as a group means acting as a member of that group who is in no other but those that the group is
 * itself in.
 */
export class Directory {
  private readonly entries = new Map<string, DirectoryEntry>();

  constructor(entries: readonly DirectoryEntry[]) {
    this.entries.set(EVERYBODY, { name: EVERYBODY });
    for (const entry of entries) {
      this.entries.set(fold(entry.name), entry);
      if (entry.alias !== undefined && !this.entries.has(fold(entry.alias))) this.entries.set(fold(entry.alias), entry);
    }
  }

  /** @throws LakewrightError CATALOG_UNKNOWN_PRINCIPAL (exit 2) naming those that are known */
  identity(name: string): Identity {
    const entry = this.entries.get(fold(name));
    if (!entry) {
      const known = [...new Set([...this.entries.values()].map((each) => each.alias ?? each.name))];
      throw new LakewrightError('CATALOG_UNKNOWN_PRINCIPAL', `there is no principal "${name}"`, {
        hint: `principals are ${known.join(', ')}`,
        exitCode: EXIT.usage,
      });
    }
    const names = new Set([EVERYBODY]);
    this.collect(entry, names);
    return { name: entry.name, names, admin: false };
  }

  /** Groups may be in one another, in circles too. */
  private collect(entry: DirectoryEntry, into: Set<string>): void {
    if (into.has(fold(entry.name)) && fold(entry.name) !== EVERYBODY) return;
    into.add(fold(entry.name));
    for (const group of entry.groups ?? []) {
      const found = this.entries.get(fold(group));
      if (found) this.collect(found, into);
      else into.add(fold(group));
    }
  }
}

/** Principals are compared without regard to case, as the platform does with the names of users. */
export function fold(name: string): string {
  return name.toLowerCase();
}
