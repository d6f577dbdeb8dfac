import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { LakewrightError } from '@lakewright/config';
import { found } from '../aws/found';
import { assetPath, type DeployedResource } from '../deployment/deployment';
import { mend } from './mend';
import type { ResourceRunner, RunnerContext } from './runner';
import { optionalText, text } from './values';

/** Metadata by which an object is known to be what was deployed. */
const DIGEST = 'lakewright-sha256';

/** `aws_s3_object` of a file of the stack, or of a text in it. */
export const s3Object: ResourceRunner = {
  limits: 'of a file of the stack or a text; no access control list, no lock',
  identity: (resource) => ({ bucket: text(resource, 'bucket'), key: text(resource, 'key') }),
  async reconcile(resource, context) {
    const { s3 } = context.aws;
    const place = { Bucket: text(resource, 'bucket'), Key: text(resource, 'key') };
    const Body = content(resource, context);
    const digest = createHash('sha256').update(Body).digest('hex');
    const ContentType = optionalText(resource.values, 'content_type');
    const actual = await found(s3.send(new HeadObjectCommand(place)));
    return mend(actual && { ...actual.Metadata, type: actual.ContentType }, { [DIGEST]: digest, type: ContentType }, () =>
      s3.send(new PutObjectCommand({ ...place, Body, ContentType, Metadata: { [DIGEST]: digest } })),
    );
  },
  async remove({ identity }, { aws: { s3 } }) {
    await found(s3.send(new DeleteObjectCommand({ Bucket: identity.bucket!, Key: identity.key! })));
  },
};

function content(resource: DeployedResource, { local }: RunnerContext): Uint8Array {
  const source = optionalText(resource.values, 'source');
  if (source) return readFileSync(assetPath(local, resource, source));
  const inline = optionalText(resource.values, 'content');
  if (inline !== undefined) return Buffer.from(inline);
  throw new LakewrightError('LOCAL_S3_OBJECT', `${resource.address}: only an object of a file or a text can be made locally`, {
    hint: 'set source (an asset) or content',
  });
}
