import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { ensureServices, serviceStatus, stopServices } from '../src';
import { authorityFile } from '../src/services/database/authority';
import { applied } from './support/applied';
import { databaseResource, MASTER_SECRET, secretOf } from './support/database';
import { type TestHome, testHome } from './support/home';
import { filesWith, processesWith } from './support/leaks';
import { type TestResource } from './support/state';

describe('a PostgreSQL database', () => {
  let home: TestHome;
  beforeAll(async () => {
    home = await testHome();
    mkdirSync(join(home.paths.home, 'stacks/test'), { recursive: true });
    // Run by root, the server is another user, who must get to its data: a temporary folder is closed to others.
    chmodSync(dirname(home.paths.home), 0o711);
    await ensureServices(home, { services: ['ministack'] });
  });
  afterAll(() => home.dispose());

  const apply = (resources: readonly TestResource[]) => applied(home, 'stacks/test', resources);
  const database = (values: Record<string, unknown> = {}): TestResource[] => [
    [
      'aws_db_parameter_group',
      'shop',
      {
        name: 'shop-postgres',
        parameter: [
          { name: 'wal_level', value: 'logical' },
          { name: 'rds.force_ssl', value: '1' },
          { name: 'apg_plan_mgmt', value: '1' },
          { name: 'shared_buffers', value: '{DBInstanceClassMemory/32768}' },
        ],
      },
    ],
    databaseResource(home, {
      engine: 'postgres',
      engine_version: '17',
      port: home.ports.postgresql,
      parameter_group_name: 'shop-postgres',
      ...values,
    }),
  ];
  async function rows(sql: string, settings: { readonly password?: string; readonly ssl?: { readonly ca: string } } = {}) {
    const { username, password } = await secretOf<{ username: string; password: string }>(home, MASTER_SECRET);
    const ssl = { ca: readFileSync(authorityFile(home), 'utf8') };
    const client = new Client({
      host: '127.0.0.1',
      port: home.ports.postgresql,
      user: username,
      password,
      database: 'shop',
      ssl,
      ...settings,
    });
    try {
      await client.connect();
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  test('takes a connection of its master user with TLS, keeps what was written, and is removed', async () => {
    const { outcomes, notices } = await apply(database());
    expect(outcomes['aws_db_instance.shop']).toBe('created');
    expect(notices).toEqual([
      expect.stringMatching(/^database shop: PostgreSQL [\d.]+, for PostgreSQL 17$/),
      'parameter rds.force_ssl of aws_db_instance.shop has no effect here: it belongs to RDS, not to the database',
      'parameter apg_plan_mgmt of aws_db_instance.shop has no effect here: this server has no such parameter',
      'parameter shared_buffers of aws_db_instance.shop has no effect here: it is computed from the instance class',
    ]);
    expect((await apply(database())).outcomes['aws_db_instance.shop']).toBe('unchanged');
    expect(await rows('SHOW wal_level')).toEqual([{ wal_level: 'logical' }]);
    await expect(rows('SELECT 1', { ssl: undefined })).rejects.toThrow('no pg_hba.conf entry');
    await expect(rows('SELECT 1', { password: 'guessed' })).rejects.toThrow('password authentication failed');

    await rows('CREATE TABLE kept (id int PRIMARY KEY)');
    await rows('INSERT INTO kept VALUES (1)');
    const running = (await serviceStatus(home)).find(({ name }) => name === 'postgresql')!;
    process.kill(running.pid!, 'SIGKILL');
    expect((await ensureServices(home, { services: ['postgresql'] })).notices).toEqual([
      'the database was not stopped cleanly: PostgreSQL has every transaction that was committed',
    ]);
    expect(await rows('SELECT id FROM kept')).toEqual([{ id: 1 }]);
    await rows("ALTER USER master PASSWORD 'something else'");
    expect((await apply(database())).outcomes['aws_db_instance.shop']).toBe('updated');
    expect(await stopServices(home, { services: ['postgresql'] })).toEqual(['postgresql']);
    expect((await ensureServices(home, { services: ['postgresql'] })).notices).toEqual([]);
    expect(await rows('SELECT id FROM kept')).toEqual([{ id: 1 }]);

    const { password } = await secretOf<{ password: string }>(home, MASTER_SECRET);
    const stores = [join(home.paths.services, 'ministack/data'), join(home.paths.services, 'postgresql/data')];
    expect(filesWith(home.paths.home, [password], stores)).toEqual([]);
    expect(processesWith(await serviceStatus(home), [password])).toEqual([]);
    for (const store of stores) expect(statSync(store).mode & 0o077).toBe(0);

    await apply(database({ deletion_protection: true }));
    await expect(apply([])).rejects.toMatchObject({ code: 'LOCAL_DATABASE_PROTECTED' });
    await apply(database());
    await apply([]);
    expect((await serviceStatus(home)).map(({ name }) => name)).toEqual(['ministack', 'sail', 'web']);
  });
});
