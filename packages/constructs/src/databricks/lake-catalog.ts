import { Catalog } from '@cdktf/provider-databricks/lib/catalog';
import { Schema } from '@cdktf/provider-databricks/lib/schema';
import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { addGrants, type Grant } from './access';
import type { S3Access } from './s3-access';

/** The layers of a lake, in the order of refinement. */
export const LAYERS = ['bronze', 'silver', 'gold'] as const;
export type Layer = (typeof LAYERS)[number];

const LAYER_COMMENTS: Record<Layer, string> = {
  bronze: 'As it came, with where and when',
  silver: 'Typed, flat and checked',
  gold: 'What people ask questions of',
};

export interface LakeCatalogProps {
  /** From `catalogName()` of @lakewright/config. */
  readonly catalogName: string;
  readonly comment: string;
  /** Where managed tables lie; the catalog is made once it can be reached. */
  readonly storage: S3Access;
  /** @default nobody but the owner */
  readonly grants?: readonly Grant[];
  /** Grants stop here: the tables of a pipeline do not exist when this is applied. @default none beside the catalog's */
  readonly schemaGrants?: Readonly<Partial<Record<Layer, readonly Grant[]>>>;
  /**
   * The second key to losing data: destroying the catalog destroys its tables, where the environment allows it.
   * @default a catalog with tables cannot be destroyed
   */
  readonly mayLoseData?: boolean;
}

/** A catalog with its three layers, visible from its own workspace only. */
export class LakeCatalog extends Construct {
  readonly catalog: Catalog;
  readonly catalogName: string;
  readonly schemas: Readonly<Record<Layer, Schema>>;

  constructor(scope: Construct, id: string, props: LakeCatalogProps) {
    super(scope, id);
    this.validateName(props.catalogName);
    this.validateStorage(props.storage);
    this.validateGrants(props.schemaGrants ?? {});
    this.catalogName = props.catalogName;
    const forceDestroy = LakewrightStack.of(this).mayLoseData(props.mayLoseData);
    this.catalog = new Catalog(this, 'catalog', {
      name: props.catalogName,
      comment: props.comment,
      storageRoot: props.storage.url,
      isolationMode: 'ISOLATED',
      forceDestroy,
      dependsOn: [props.storage.location],
    });
    addGrants(this, 'grants', { catalog: this.catalog.name }, props.grants ?? []);
    this.schemas = {
      bronze: this.addSchema('bronze', forceDestroy, props),
      silver: this.addSchema('silver', forceDestroy, props),
      gold: this.addSchema('gold', forceDestroy, props),
    };
  }

  private addSchema(layer: Layer, forceDestroy: boolean, { schemaGrants }: LakeCatalogProps): Schema {
    const schema = new Schema(this, layer, {
      catalogName: this.catalog.name,
      name: layer,
      comment: LAYER_COMMENTS[layer],
      forceDestroy,
    });
    addGrants(this, `${layer}_grants`, { schema: `${this.catalog.name}.${schema.name}` }, schemaGrants?.[layer] ?? []);
    return schema;
  }

  private validateName(name: string): void {
    if (/^[a-z][a-z0-9_]{0,254}$/.test(name)) return;
    throw new LakewrightError(
      'CONSTRUCT_CATALOG_NAME',
      `catalogName: must be lower-case letters, digits and "_" (got "${name}")`,
      {
        hint: "catalogName(environment, 'system') makes one",
      },
    );
  }

  private validateStorage(storage: S3Access): void {
    if (storage.access === 'read-write') return;
    throw new LakewrightError('CONSTRUCT_CATALOG_STORAGE', `storage: must be read-write (got "${storage.access}")`, {
      hint: "new S3Access(..., { access: 'read-write' })",
    });
  }

  private validateGrants(schemaGrants: NonNullable<LakeCatalogProps['schemaGrants']>): void {
    for (const [layer, grants] of Object.entries(schemaGrants)) {
      const wrong = grants?.flatMap(({ privileges }) => privileges).find((privilege) => privilege === 'USE_CATALOG');
      if (!wrong) continue;
      throw new LakewrightError(
        'CONSTRUCT_CATALOG_GRANT',
        `schemaGrants.${layer}: must be privileges of a schema (got ${wrong})`,
        {
          hint: 'put it into grants',
        },
      );
    }
  }
}
