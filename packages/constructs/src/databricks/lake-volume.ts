import { Volume } from '@cdktf/provider-databricks/lib/volume';
import { LakewrightError } from '@lakewright/config';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { addGrants, type Grant } from './access';
import type { LakeCatalog, Layer } from './lake-catalog';

export interface LakeVolumeProps {
  readonly volumeName: string;
  readonly catalog: LakeCatalog;
  /** @default bronze: files that no table holds yet */
  readonly layer?: Layer;
  readonly comment: string;
  /** READ_VOLUME and WRITE_VOLUME; who has them needs USE_CATALOG and USE_SCHEMA above it, too. @default nobody but the owner */
  readonly grants?: readonly Grant[];
  /**
   * The second key to losing data: destroying the volume destroys its files, where the environment allows it.
   * @default a plan that destroys it fails
   */
  readonly mayLoseData?: boolean;
}

/** A managed volume: files under the governance of a catalog, in its storage. */
export class LakeVolume extends Construct {
  readonly volume: Volume;
  /** `/Volumes/<catalog>/<schema>/<volume>`, known at synth. */
  readonly path: string;
  /** What must exist before its files are read or written: the volume, and who may. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: LakeVolumeProps) {
    super(scope, id);
    this.validateName(props.volumeName);
    this.validateGrants(props.grants ?? []);
    const { catalog, layer = 'bronze' } = props;
    this.path = `/Volumes/${catalog.catalogName}/${layer}/${props.volumeName}`;
    this.volume = new Volume(this, 'volume', {
      catalogName: catalog.catalog.name,
      schemaName: catalog.schemas[layer].name,
      name: props.volumeName,
      volumeType: 'MANAGED',
      comment: props.comment,
      lifecycle: { preventDestroy: !LakewrightStack.of(this).mayLoseData(props.mayLoseData) },
    });
    const grants = addGrants(this, 'grants', { volume: this.volume.id }, props.grants ?? []);
    this.ready = grants ? [this.volume, grants] : [this.volume];
  }

  private validateName(name: string): void {
    if (/^[a-z][a-z0-9_]{0,254}$/.test(name)) return;
    throw new LakewrightError('CONSTRUCT_VOLUME_NAME', `volumeName: must be lower-case letters, digits and "_" (got "${name}")`, {
      hint: 'landing',
    });
  }

  private validateGrants(grants: readonly Grant[]): void {
    const wrong = grants.flatMap(({ privileges }) => privileges).find((privilege) => !privilege.endsWith('_VOLUME'));
    if (!wrong) return;
    throw new LakewrightError('CONSTRUCT_VOLUME_GRANT', `grants: must be privileges of a volume (got ${wrong})`, {
      hint: 'READ_VOLUME, WRITE_VOLUME',
    });
  }
}
