import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { SourceLocation } from '@lakewright/config';
import { byPath, type FileStore, type FoundFile } from './file-store';
import { globMatcher, isHidden, splitGlob } from './glob';
import { sourceError } from './source-error';

/** How to reach S3. */
export interface S3Settings {
  /** Of a local S3; left out, AWS itself. */
  readonly endpoint?: string;
  readonly region: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
}

/** Objects of a bucket, addressed path-style (a local S3 on 127.0.0.1 knows no host names of buckets). */
export class S3Files implements FileStore {
  private readonly client: S3Client;

  constructor(
    private readonly location: SourceLocation,
    settings: S3Settings,
  ) {
    this.client = new S3Client({ ...settings, forcePathStyle: true, maxAttempts: 3 });
  }

  async list(path: string): Promise<readonly FoundFile[]> {
    const { bucket, key } = split(path);
    const { base, pattern } = splitGlob(key);
    const matches = globMatcher(pattern);
    const files: FoundFile[] = [];
    for await (const object of this.objects(bucket, base)) {
      const below = belowBase(object.path.slice(`s3://${bucket}/`.length), base);
      if (below === undefined || below.endsWith('/')) continue;
      if (below === '' ? pattern === '' : !isHidden(below) && matches(below)) files.push(object);
    }
    return files.sort(byPath);
  }

  async read(file: FoundFile): Promise<Uint8Array> {
    return (await this.body(file)).transformToByteArray();
  }

  async *chunks(file: FoundFile): AsyncIterable<Uint8Array> {
    const body = await this.body(file);
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) yield chunk;
  }

  /** Releases the connections. */
  close(): void {
    this.client.destroy();
  }

  private async *objects(bucket: string, prefix: string): AsyncIterable<FoundFile> {
    let token: string | undefined;
    do {
      const request = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token });
      const page = await this.attempt(`list s3://${bucket}/${prefix}`, () => this.client.send(request));
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        yield { path: `s3://${bucket}/${Key ?? ''}`, size: Size ?? 0, modified: LastModified ?? new Date(0) };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  private async body(file: FoundFile) {
    const { bucket, key } = split(file.path);
    const object = await this.attempt(`read ${file.path}`, () =>
      this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
    );
    if (!object.Body)
      throw sourceError('LAKEFLOW_S3', `${file.path} came without content`, this.location, 'run the update again');
    return object.Body;
  }

  private async attempt<T>(what: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (cause) {
      const { name, message } = cause as Error;
      const hint = 'check the bucket, the credentials and that the S3 of this environment is running';
      throw sourceError('LAKEFLOW_S3', `cannot ${what}: ${name}: ${message}`, this.location, hint, cause);
    }
  }
}

/** Whether a path belongs to S3. */
export function isS3(path: string): boolean {
  return /^s3a?:\/\//i.test(path);
}

function split(path: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^s3a?:\/\/([^/]+)\/?(.*)$/is.exec(path) ?? [];
  return { bucket, key };
}

/** The key below the base folder; '' for the base itself, undefined for a neighbour (`events-old/` beside `events`). */
function belowBase(key: string, base: string): string | undefined {
  if (base === '') return key;
  if (key === base) return '';
  return key.startsWith(`${base}/`) ? key.slice(base.length + 1) : undefined;
}
