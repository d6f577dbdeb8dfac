import { readS3Settings } from '../settings/s3-settings';
import { readSourceSettings } from '../settings/source-settings';
import { requireRowLog } from '../source/catalog';
import { connectSource } from '../source/connection';
import { s3Store } from '../target/object-store';
import type { Resource } from './store';
import type { TaskHost } from './tasks';

/** Tries an endpoint as a task would. @returns what is wrong; undefined when nothing is */
export async function testEndpoint(endpoint: Resource, host: TaskHost): Promise<string | undefined> {
  try {
    if (endpoint['EndpointType'] === 'source') {
      const connection = await connectSource(readSourceSettings(endpoint), host);
      try {
        await requireRowLog(connection);
      } finally {
        connection.destroy();
      }
    } else {
      const settings = readS3Settings(endpoint['S3Settings']);
      await (host.storeOf ?? ((given) => s3Store(host.s3, given)))(settings).list(
        `${settings.bucketFolder ?? ''}lakewright-connection-test`,
      );
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
