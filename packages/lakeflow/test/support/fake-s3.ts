import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A bucket of S3 over HTTP on loopback: ListObjectsV2 with pages of two keys, GetObject; path-style. */
export class FakeS3 {
  readonly objects = new Map<string, string>();
  /** Requests so far, as `METHOD path`. */
  readonly requests: string[] = [];
  private server: Server | undefined;

  constructor(readonly bucket: string) {}

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://local');
      this.requests.push(`${request.method} ${url.pathname}`);
      const [, bucket, ...rest] = decodeURIComponent(url.pathname).split('/');
      const content = bucket === this.bucket ? this.answer(rest.join('/'), url.searchParams) : undefined;
      response.writeHead(content === undefined ? 404 : 200, { 'content-type': 'application/xml' });
      response.end(content ?? '<Error><Code>NoSuchBucket</Code><Message>no such bucket</Message></Error>');
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private answer(key: string, parameters: URLSearchParams): string | undefined {
    if (!parameters.has('list-type')) return this.objects.get(key);
    const keys = [...this.objects.keys()].filter((each) => each.startsWith(parameters.get('prefix') ?? '')).sort();
    const begin = Number(parameters.get('continuation-token') ?? 0);
    const contents = keys.slice(begin, begin + 2).map((each) => {
      const size = Buffer.byteLength(this.objects.get(each) ?? '');
      const name = each.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      return `<Contents><Key>${name}</Key><Size>${size}</Size><LastModified>2024-01-02T03:04:05.000Z</LastModified></Contents>`;
    });
    const more =
      begin + 2 < keys.length ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${begin + 2}</NextContinuationToken>` : '';
    return `<ListBucketResult>${more}${contents.join('')}</ListBucketResult>`;
  }
}
