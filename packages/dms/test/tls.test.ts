import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeConnectionsCommand,
  DescribeEndpointsCommand,
  DescribeReplicationInstancesCommand,
  TestConnectionCommand,
} from '@aws-sdk/client-database-migration-service';
import { certificateAuthority, serverCertificate } from '@lakewright/process';
import { testDms } from './support/dms';
import { duckdb } from './support/duckdb';
import { TestDatabase } from './support/mariadb';

let folder: string;
let database: TestDatabase;
const file = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lakewright-dms-'));
  mkdirSync(folder, { recursive: true });
  const authority = certificateAuthority('the test');
  const server = serverCertificate(authority);
  writeFileSync(file('ca.pem'), authority.certificate);
  writeFileSync(file('other.pem'), certificateAuthority('somebody else').certificate);
  writeFileSync(file('server.pem'), server.certificate);
  writeFileSync(file('server.key'), server.key);
  const tls = [`--ssl-ca=${file('ca.pem')}`, `--ssl-cert=${file('server.pem')}`, `--ssl-key=${file('server.key')}`];
  database = await TestDatabase.start(join(folder, 'database'), [...tls, '--require-secure-transport=ON']);
});
afterAll(async () => {
  await database?.stop();
  rmSync(folder, { recursive: true });
});

test('load and changes come over TLS with the identity of the source verified', async () => {
  await database.run('CREATE TABLE t (id INT PRIMARY KEY, note LONGTEXT)', "INSERT INTO t VALUES (1, '')");
  const dms = await testDms(join(folder, 'verified'), database, file('ca.pem'));
  const arn = await dms.api.create('verified', { tls: 'verify-full', s3: { CdcMinFileSize: 64 } });
  await dms.api.start(arn);
  await dms.api.until(arn, ({ RecoveryCheckpoint }) => RecoveryCheckpoint !== undefined);
  // Enough that the stream has to wait for files.
  await database.run("INSERT INTO t SELECT seq, REPEAT('x', 1000) FROM seq_2_to_5000");
  await dms.api.drained(arn, database);
  expect(duckdb(`SELECT count(*) AS n, count(DISTINCT id) AS ids FROM '${dms.bucket}/shop/t/*.parquet'`)[0]).toEqual([
    { n: 5000, ids: 5000 },
  ]);
  await dms.close();
});

test('a connection is tested: without TLS, and with a certificate of somebody else, it fails and says why', async () => {
  for (const [name, tls, authority, wanted] of [
    ['plain', 'none', 'ca.pem', /Access denied/],
    ['strange', 'verify-full', 'other.pem', /certificate|UNABLE_TO|SELF_SIGNED/i],
    ['good', 'verify-ca', 'ca.pem', undefined],
  ] as const) {
    const dms = await testDms(join(folder, name), database, file(authority));
    await dms.api.create(name, { tls });
    const { Endpoints: endpoints } = await dms.api.client.send(new DescribeEndpointsCommand({}));
    const { ReplicationInstances: instances } = await dms.api.client.send(new DescribeReplicationInstancesCommand({}));
    const source = endpoints!.find(({ EndpointType }) => EndpointType === 'source')!;
    const ReplicationInstanceArn = instances![0]!.ReplicationInstanceArn!;
    await dms.api.client.send(new TestConnectionCommand({ EndpointArn: source.EndpointArn!, ReplicationInstanceArn }));
    for (;;) {
      const { Connections: connections } = await dms.api.client.send(new DescribeConnectionsCommand({}));
      const [{ Status, LastFailureMessage } = {}] = connections!;
      if (Status === 'testing') continue;
      expect(Status).toBe(wanted ? 'failed' : 'successful');
      if (wanted) expect(LastFailureMessage).toMatch(wanted);
      break;
    }
    await dms.close();
  }
});
