import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { ensureServices, serviceStatus, stopServices } from '../src';
import { applied } from './support/applied';
import {
  APPLICATION_SECRET,
  bundleHandler,
  connectAsMaster,
  databaseResource,
  functionResource,
  MASTER_SECRET,
  secretOf,
} from './support/database';
import { type TestHome, testHome } from './support/home';
import { filesWith, processesWith } from './support/leaks';
import { type TestResource } from './support/state';

/** Makes a table and a user, and puts the user's password into its secret: what an initial configuration does. */
const CONFIGURE = `
import { readFileSync } from 'node:fs';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createConnection } from 'mysql2/promise';
import { randomBytes } from 'node:crypto';

export async function handler({ table, fail }) {
  if (fail) throw new TypeError('the table is of wood');
  const { HOST, PORT, MASTER, APPLICATION } = process.env;
  const secrets = new SecretsManagerClient({});
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: MASTER }));
  const { username, password } = JSON.parse(SecretString);
  const ssl = { verifyIdentity: true };
  const connection = await createConnection({ host: HOST, port: Number(PORT), user: username, password, database: 'shop', ssl });
  await connection.query('CREATE TABLE IF NOT EXISTS calls (name varchar(20))');
  await connection.query('INSERT INTO calls VALUES (?)', [table]);
  const drawn = randomBytes(16).toString('hex');
  await connection.query("CREATE USER IF NOT EXISTS 'application'@'%'");
  await connection.query("ALTER USER 'application'@'%' IDENTIFIED BY ?", [drawn]);
  await connection.query("GRANT SELECT ON shop.* TO 'application'@'%'");
  await connection.end();
  await secrets.send(new PutSecretValueCommand({ SecretId: APPLICATION, SecretString: JSON.stringify({ username: 'application', password: drawn }) }));
  return { calls: 1 };
}`;

interface Account {
  readonly username: string;
  readonly password: string;
}

describe('a database', () => {
  let home: TestHome;
  let stack: string;

  beforeAll(async () => {
    home = await testHome();
    stack = join(home.paths.home, 'stacks', 'test');
    mkdirSync(stack, { recursive: true });
    bundleHandler(home, stack, 'configure', CONFIGURE);
    await ensureServices(home, { services: ['ministack'] });
  });
  afterAll(() => home.dispose());

  const apply = (resources: readonly TestResource[]) => applied(home, stack, resources);
  const configured = (input: Record<string, unknown>, values: Record<string, unknown> = {}): TestResource[] => [
    databaseResource(home, values),
    [
      'aws_secretsmanager_secret',
      'application',
      { arn: APPLICATION_SECRET, name: 'shop/application', recovery_window_in_days: 0 },
    ],
    functionResource('configure', {
      HOST: '127.0.0.1',
      PORT: String(home.ports.mysql),
      MASTER: MASTER_SECRET,
      APPLICATION: APPLICATION_SECRET,
      NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
    }),
    [
      'aws_lambda_invocation',
      'configure',
      { function_name: 'configure', input: JSON.stringify(input), triggers: { code: '1' }, lifecycle_scope: 'CREATE_ONLY' },
      ['aws_db_instance.shop', 'aws_lambda_function.configure', 'aws_secretsmanager_secret.application'],
    ],
  ];
  async function rows(sql: string) {
    const connection = await connectAsMaster(home, 'shop');
    try {
      return (await connection.query<RowDataPacket[]>(sql))[0];
    } finally {
      await connection.end();
    }
  }

  test('is made with its master secret, is configured by a function, and again nothing is done', async () => {
    const first = await apply(configured({ table: 'one' }));
    expect(Object.values(first.outcomes)).toEqual(['created', 'created', 'created', 'created']);
    expect(first.notices).toEqual([expect.stringMatching(/^database shop: MariaDB \d+\.\d+\.\d+, not MySQL 8\.4$/)]);
    const again = await apply(configured({ table: 'one' }));
    expect(Object.values(again.outcomes)).toEqual(['unchanged', 'unchanged', 'unchanged', 'unchanged']);
    expect(await rows('SELECT name FROM calls')).toEqual([{ name: 'one' }]);
    const { username, password } = await secretOf<Account>(home, APPLICATION_SECRET);
    expect({ username, password }).toEqual({ username: 'application', password: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });

  test('another input is another invocation; one that fails fails the deployment, in its own words, and is tried again', async () => {
    await apply(configured({ table: 'one' }));
    expect((await apply(configured({ table: 'two' }))).outcomes['aws_lambda_invocation.configure']).toBe('updated');
    await expect(apply(configured({ fail: true }))).rejects.toMatchObject({
      code: 'LOCAL_LAMBDA_FAILED',
      message: expect.stringMatching(/^configure failed: .*: the table is of wood/),
      hint: 'its whole log: lakewright logs configure',
    });
    await expect(apply(configured({ fail: true }))).rejects.toMatchObject({ code: 'LOCAL_LAMBDA_FAILED' });
    await apply(configured({ table: 'three' }));
    expect(await rows('SELECT name FROM calls')).toEqual([{ name: 'one' }, { name: 'two' }, { name: 'three' }]);
  });

  test('takes nobody without TLS, and nobody at all beyond this machine', async () => {
    await apply(configured({ table: 'one' }));
    const { username: user, password } = await secretOf<Account>(home, MASTER_SECRET);
    const plain = createConnection({ host: '127.0.0.1', port: home.ports.mysql, user, password });
    await expect(plain).rejects.toMatchObject({
      code: expect.stringMatching(/^ER_(ACCESS_DENIED_ERROR|SECURE_TRANSPORT_REQUIRED)$/),
    });
    const stranger = createConnection({
      host: '127.0.0.1',
      port: home.ports.mysql,
      user,
      password,
      ssl: { verifyIdentity: true },
    });
    await expect(stranger).rejects.toThrow(/certificate/);
  });

  test('keeps the binary log as change data capture needs it, for as long as the procedure of RDS says', async () => {
    await apply(configured({ table: 'one' }));
    const settings = () =>
      rows(
        'SELECT @@log_bin AS bin, @@binlog_format AS format, @@binlog_row_image AS image, @@binlog_row_metadata AS metadata, @@server_id AS id, @@binlog_expire_logs_seconds AS kept',
      );
    const kept = { bin: 1, format: 'ROW', image: 'FULL', metadata: 'FULL', id: 1 };
    expect(await settings()).toEqual([{ ...kept, kept: 604800 }]);
    await rows("CALL mysql.rds_set_configuration('binlog retention hours', 24)");
    expect(await settings()).toEqual([{ ...kept, kept: 86400 }]);
    await stopServices(home, { services: ['mysql'] });
    await ensureServices(home);
    expect(await settings()).toEqual([{ ...kept, kept: 86400 }]);
  });

  test('killed at any time, it has what was committed; the next command starts it', async () => {
    await apply(configured({ table: 'one' }));
    const connection = await connectAsMaster(home, 'shop');
    await connection.query('CREATE OR REPLACE TABLE kept (id int PRIMARY KEY)');
    await connection.query('INSERT INTO kept VALUES (1)');
    await connection.beginTransaction();
    await connection.query('INSERT INTO kept VALUES (2)');
    const { pid, title } = (await serviceStatus(home)).find(({ name }) => name === 'mysql')!;
    expect(title).toMatch(/^database shop: MariaDB .*, not MySQL 8\.4$/);
    connection.on('error', () => {});
    process.kill(pid!, 'SIGKILL');
    connection.destroy();
    const { services, notices } = await ensureServices(home);
    expect(services.find(({ name }) => name === 'mysql')).toMatchObject({ action: 'restarted' });
    expect(notices).toEqual(['the database was not stopped cleanly: MariaDB has every transaction that was committed']);
    expect(await rows('SELECT id FROM kept')).toEqual([{ id: 1 }]);
    expect((await apply(configured({ table: 'one' }))).outcomes['aws_lambda_invocation.configure']).toBe('unchanged');
  });

  test('takes the parameters that MariaDB has, and says what has no effect', async () => {
    const group: TestResource = [
      'aws_db_parameter_group',
      'shop',
      {
        name: 'shop-mysql',
        parameter: [
          { name: 'long_query_time', value: '2' },
          { name: 'time_zone', value: 'UTC' },
          { name: 'gtid-mode', value: 'ON' },
          { name: 'collation_server', value: 'utf8mb4_0900_ai_ci' },
          { name: 'max_connections', value: '{DBInstanceClassMemory/12582880}' },
          { name: 'temptable_max_ram', value: '1048576' },
        ],
      },
    ];
    const grouped = [group, ...configured({ table: 'one' }, { parameter_group_name: 'shop-mysql' })];
    const { outcomes, notices } = await apply(grouped);
    expect(outcomes['aws_db_instance.shop']).toBe('updated');
    expect(notices.slice(1)).toEqual([
      'parameter gtid-mode of aws_db_instance.shop has no effect here: transaction ids of MySQL; MariaDB has its own, always on',
      'parameter collation_server of aws_db_instance.shop has no effect here: a collation of MySQL that MariaDB does not have',
      'parameter max_connections of aws_db_instance.shop has no effect here: it is computed from the instance class',
      'parameter temptable_max_ram of aws_db_instance.shop has no effect here: MariaDB has no such parameter',
    ]);
    expect(await rows('SELECT @@long_query_time AS slow, @@global.time_zone AS zone')).toEqual([{ slow: 2, zone: '+00:00' }]);
    expect((await apply(grouped)).outcomes['aws_db_instance.shop']).toBe('unchanged');
  });

  test('gets the password of its secret again where it has another one', async () => {
    await apply(configured({ table: 'one' }));
    const before = await secretOf<Account>(home, MASTER_SECRET);
    await rows("ALTER USER 'master'@'%' IDENTIFIED BY 'something else'");
    expect((await apply(configured({ table: 'one' }))).outcomes['aws_db_instance.shop']).toBe('updated');
    expect(await rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await secretOf<Account>(home, MASTER_SECRET)).toEqual(before);
  });

  test('no password is in a file but those of the AWS API and of the database, in a process, or readable by others', async () => {
    await apply(configured({ table: 'one' }));
    const secrets = await Promise.all([MASTER_SECRET, APPLICATION_SECRET].map((arn) => secretOf<Account>(home, arn)));
    const passwords = secrets.map(({ password }) => password);
    const stores = [join(home.paths.services, 'ministack/data'), join(home.paths.services, 'mysql/data')];
    expect(filesWith(home.paths.home, passwords, stores)).toEqual([]);
    expect(filesWith(stores[0]!, passwords, []).length).toBeGreaterThan(0);
    expect(processesWith(await serviceStatus(home), passwords)).toEqual([]);
    for (const store of stores) expect(statSync(store).mode & 0o077).toBe(0);
  });

  test('without its data folder it is another database, which is configured anew', async () => {
    await apply(configured({ table: 'one' }));
    await stopServices(home, { services: ['mysql'] });
    rmSync(join(home.paths.services, 'mysql/data'), { recursive: true });
    await ensureServices(home, { services: ['mysql'] });
    expect((await apply(configured({ table: 'one' }))).outcomes['aws_lambda_invocation.configure']).toBe('updated');
    expect(await rows('SELECT name FROM calls')).toEqual([{ name: 'one' }]);
  });

  test('is removed only when both keys are turned; made anew, it is configured anew', async () => {
    await apply(configured({ table: 'one' }, { skip_final_snapshot: false }));
    await expect(apply([])).rejects.toMatchObject({
      code: 'LOCAL_DATABASE_PROTECTED',
      hint: expect.stringContaining('skip_final_snapshot'),
    });
    await apply(configured({ table: 'one' }, { deletion_protection: true }));
    await expect(apply([])).rejects.toMatchObject({ code: 'LOCAL_DATABASE_PROTECTED' });
    expect(await rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await apply(configured({ table: 'one' }));
    await apply([]);
    expect((await serviceStatus(home)).map(({ name }) => name)).toEqual(['ministack', 'sail', 'web']);
    await expect(secretOf(home, MASTER_SECRET)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await apply(configured({ table: 'one' }));
    expect(await rows('SELECT name FROM calls')).toEqual([{ name: 'one' }]);
  });

  test.each([
    [{ port: 3306 }, 'LOCAL_DATABASE_PORT'],
    [{ engine: 'oracle-se2' }, 'LOCAL_DATABASE_ENGINE'],
    [{ master_user_secret: [] }, 'LOCAL_DATABASE_PASSWORD'],
  ])('%j is refused: %s', async (values, code) => {
    await expect(apply([databaseResource(home, values)])).rejects.toMatchObject({ code });
  });

  test('two of one engine are refused before anything is made', async () => {
    const [type, , values] = databaseResource(home);
    const second: TestResource = [type, 'other', { ...values, identifier: 'other' }];
    await expect(apply([databaseResource(home), second])).rejects.toMatchObject({
      code: 'LOCAL_UNSUPPORTED',
      message: expect.stringContaining(
        'aws_db_instance.other (stack test): aws_db_instance.shop (stack test) has the one mysql server',
      ),
    });
  });

  test('an invocation that wants to know of updates and removals is refused', async () => {
    const [type, name, values, dependsOn] = configured({ table: 'one' }).at(-1)!;
    const crud: TestResource = [type, name, { ...values, lifecycle_scope: 'CRUD' }, dependsOn];
    await expect(apply([crud])).rejects.toMatchObject({ code: 'LOCAL_INVOCATION_SCOPE' });
  });
});
