import { join } from 'node:path';
import { Fault } from '../errors';
import { DocumentStore } from '../task/store';

/** Kinds of resources that are kept as they were given. */
export type Kind = 'ReplicationInstance' | 'ReplicationSubnetGroup' | 'Endpoint' | 'Certificate';

export type Resource = Readonly<Record<string, unknown>>;

/** Resources by their kind and name; each a file of its own. */
export class ResourceStore {
  private readonly resources: Record<Kind, Map<string, Resource>>;
  private readonly files: Record<Kind, DocumentStore<{ id: string; resource: Resource }>>;

  constructor(folder: string) {
    const kinds: Kind[] = ['ReplicationInstance', 'ReplicationSubnetGroup', 'Endpoint', 'Certificate'];
    this.files = Object.fromEntries(kinds.map((kind) => [kind, new DocumentStore(join(folder, kind))])) as never;
    this.resources = Object.fromEntries(
      kinds.map((kind) => [kind, new Map(this.files[kind].all().map(({ id, resource }) => [id, resource]))]),
    ) as never;
  }

  all(kind: Kind): Resource[] {
    return [...this.resources[kind].values()];
  }

  /** @throws Fault ResourceNotFoundFault */
  get(kind: Kind, id: string): Resource {
    const found = this.resources[kind].get(id);
    if (!found) throw new Fault('ResourceNotFoundFault', `${kind} ${id} does not exist`);
    return found;
  }

  /** @throws Fault ResourceAlreadyExistsFault */
  create(kind: Kind, id: string, resource: Resource): Resource {
    if (this.resources[kind].has(id)) throw new Fault('ResourceAlreadyExistsFault', `${kind} ${id} exists already`);
    return this.put(kind, id, resource);
  }

  put(kind: Kind, id: string, resource: Resource): Resource {
    this.files[kind].write(id, { id, resource });
    this.resources[kind].set(id, resource);
    return resource;
  }

  remove(kind: Kind, id: string): Resource {
    const found = this.get(kind, id);
    this.files[kind].remove(id);
    this.resources[kind].delete(id);
    return found;
  }
}
