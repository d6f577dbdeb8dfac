import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import type { AthenaWorkgroup } from './athena-workgroup';
import type { GlueDatabase } from './glue-database';
import { iamArn } from './iam-names';
import { ServiceRole } from './service-role';

export interface LakeReadersProps {
  /** Unique in the account. */
  readonly roleName: string;
  /** Whom it is for: the permission set of IAM Identity Center that has this name. */
  readonly group: string;
  /** Where they ask. */
  readonly workgroup: AthenaWorkgroup;
  /** What they may read. */
  readonly databases: readonly GlueDatabase[];
}

/**
 * The role by which people ask the tables of some databases in Athena, and nothing else: they write no table, see no other folder of the
 * buckets, and no other workgroup.
 */
export class LakeReaders extends Construct {
  readonly role: ServiceRole;

  constructor(scope: Construct, id: string, { roleName, group, workgroup, databases }: LakeReadersProps) {
    super(scope, id);
    this.validateDatabases(databases);
    const stack = LakewrightStack.of(this);
    this.role = new ServiceRole(this, 'role', {
      roleName,
      description: `Asks ${databases.map(({ databaseName }) => databaseName).join(' and ')} in Athena`,
      trust: [
        {
          sid: 'AssumeByPermissionSet',
          // The account, of which the condition lets through one permission set ("Referencing permission sets in resource policies",
          // IAM Identity Center User Guide): its role has a random ending, and is another one when it is made anew.
          principals: { aws: [iamArn(stack, 'root')] },
          actions: ['sts:AssumeRole'],
          conditions: {
            ArnLike: {
              'aws:PrincipalArn': iamArn(stack, `role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_${group}_*`),
            },
          },
        },
      ],
    });
    workgroup.grantQuery(this.role);
    for (const database of databases) database.grantRead(this.role);
  }

  private validateDatabases(databases: readonly GlueDatabase[]): void {
    if (databases.length > 0) return;
    throw new LakewrightError('CONSTRUCT_LAKE_READERS', 'databases: must name one at least (got none)', {
      hint: 'whoever may read nothing needs no role',
    });
  }
}
