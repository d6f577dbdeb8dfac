import { GlueCatalogDatabase } from '@cdktf/provider-aws/lib/glue-catalog-database';
import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import type { Grantee } from './policy';
import type { SecureBucket } from './secure-bucket';

export interface GlueDatabaseProps {
  readonly databaseName: string;
  readonly description: string;
  /** Where its tables lie: `s3://<bucket>/<database>/<table>/`. */
  readonly bucket: SecureBucket;
}

/** A database of the Glue Data Catalog: one layer of a system. */
export class GlueDatabase extends Construct {
  readonly database: GlueCatalogDatabase;
  readonly databaseName: string;
  readonly bucket: SecureBucket;
  /** Folder of its tables in the bucket; ends with "/". */
  readonly prefix: string;
  /** The same as an address; ends with "/". */
  readonly location: string;

  constructor(scope: Construct, id: string, { databaseName, description, bucket }: GlueDatabaseProps) {
    super(scope, id);
    this.validateName(databaseName);
    this.databaseName = databaseName;
    this.bucket = bucket;
    this.prefix = `${databaseName}/`;
    this.location = `s3://${bucket.bucketName}/${this.prefix}`;
    this.database = new GlueCatalogDatabase(this, 'database', { name: databaseName, description, locationUri: this.location });
  }

  /** Reads the tables: what the catalog says of them, and their files, of which it sees no others. */
  grantRead(grantee: Grantee): void {
    this.grantCatalog(grantee, 'ReadTables', ['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartitions']);
    this.bucket.grantReadBelow(grantee, this.prefix);
  }

  /** Reads, writes and deletes the files of one table; the catalog says nothing of it for that. */
  grantFiles(grantee: Grantee, table: string): void {
    const folder = `${this.prefix}${table}/`;
    this.bucket.grantRead(grantee, folder);
    this.bucket.grantWrite(grantee, folder);
    this.bucket.grantDelete(grantee, folder);
  }

  /** Looks whether a table is there. */
  grantLook(grantee: Grantee): void {
    this.grantCatalog(grantee, 'LookForTables', ['glue:GetTable']);
  }

  /** Registers tables. */
  grantRegister(grantee: Grantee): void {
    this.grantCatalog(grantee, 'RegisterTables', ['glue:CreateTable', 'glue:GetDatabase', 'glue:GetTable', 'glue:UpdateTable']);
  }

  /** A call on a table asks for the catalog and the database too (Glue docs, "Specifying AWS Glue resource ARNs"). */
  private grantCatalog(grantee: Grantee, verb: string, actions: readonly string[]): void {
    const { partition, region, accountId } = LakewrightStack.of(this).environment.aws;
    const arn = (resource: string) => `arn:${partition}:glue:${region}:${accountId}:${resource}`;
    const resources = [arn('catalog'), arn(`database/${this.databaseName}`), arn(`table/${this.databaseName}/*`)];
    grantee.addToPolicy({ sid: `${verb}Of${this.node.id.replaceAll(/[^A-Za-z0-9]/g, '')}`, actions, resources });
  }

  private validateName(name: string): void {
    if (/^[a-z][a-z0-9_]{0,254}$/.test(name)) return;
    throw new LakewrightError('CONSTRUCT_GLUE_DATABASE', `databaseName: must be of a-z, 0-9 and "_" (got "${name}")`, {
      hint: 'Athena takes nothing else in lower case',
    });
  }
}
