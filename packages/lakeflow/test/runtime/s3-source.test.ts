import { join } from 'node:path';
import { FakeS3 } from '../support/fake-s3';
import { TestLake } from '../support/lake';
import { withSail } from '../support/sail';

describe('STREAM read_files of s3://', () => {
  const sail = withSail();
  const s3 = new FakeS3('bucket');
  let endpoint: string;
  beforeAll(async () => {
    endpoint = await s3.start();
  });
  afterAll(() => s3.stop());

  test('reads every object below a prefix once, over several pages', async () => {
    const sql =
      "CREATE OR REFRESH STREAMING TABLE t AS SELECT id, _metadata.file_path AS path, _metadata.file_modification_time AS at FROM STREAM read_files('s3://bucket/events/', format => 'json', schema => 'id INT');";
    const lake = new TestLake(sail.engine, join(sail.folder, 's3'), sql);
    const settings = { endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
    await expect(lake.update()).rejects.toMatchObject({ code: 'LAKEFLOW_S3', hint: expect.stringContaining('s3:') });
    await lake.update({ s3: settings });
    expect(await lake.rows('t')).toEqual([]);

    const put = (key: string, id: number) => s3.objects.set(key, `{"id":${id}}\n`);
    for (const [index, key] of [
      'events/a.json',
      'events/deep/b & c.json',
      'events/ü.json',
      'events/d.json',
      'events/e.json',
    ].entries())
      put(key, index + 1);
    put('events-old/f.json', 90);
    put('events/_hidden/g.json', 91);
    s3.objects.set('events/folder/', '');
    await lake.update({ s3: settings });
    expect(await lake.rows('t', 'id')).toEqual([1, 2, 3, 4, 5].map((id) => `{"id":${id}}`));
    expect(await lake.rows('t', 'path, at')).toContain(
      '{"at":"2024-01-02T03:04:05.000Z","path":"s3://bucket/events/deep/b%20%26%20c.json"}',
    );

    put('events/h.json', 6);
    s3.requests.length = 0;
    await lake.update({ s3: settings });
    expect(await lake.rows('t', 'id')).toHaveLength(6);
    expect(s3.requests.filter((request) => !request.endsWith('/bucket') && !request.endsWith('/bucket/'))).toEqual([
      'GET /bucket/events/h.json',
    ]);

    await expect(lake.update({ s3: { ...settings, endpoint: 'http://127.0.0.1:9' } })).rejects.toMatchObject({
      code: 'LAKEFLOW_S3',
    });
  });
});
