import { ENVIRONMENT_NAMES, type Environment, LakewrightError, loadEnvironment, validateEnvironment } from '@lakewright/config';

const ports = { aws: 4566, engine: 50051, web: 8000, mysql: 13306, postgresql: 15432, dms: 14572, glue: 14573, athena: 14574 };

const changed = async (change: (environment: Record<string, unknown>) => void, name = 'dev'): Promise<() => Environment> => {
  const environment = structuredClone(await loadEnvironment({ name, ports })) as unknown as Record<string, unknown>;
  change(environment);
  return () => validateEnvironment(environment);
};
const section = (environment: Record<string, unknown>, name: string) => environment[name] as Record<string, unknown>;

test.each(ENVIRONMENT_NAMES)('%s is valid and carries its own name', async (name) => {
  expect((await loadEnvironment({ name, ports })).name).toBe(name);
});

test('no two cloud environments share an account, a host, a state bucket or a service principal', async () => {
  const clouds = await Promise.all(['dev', 'staging', 'prod'].map((name) => loadEnvironment({ name, ports })));
  const distinct = (pick: (environment: Environment) => unknown) =>
    new Set(clouds.map((cloud) => JSON.stringify(pick(cloud)))).size;
  expect(distinct((cloud) => cloud.aws.accountId)).toBe(3);
  expect(distinct((cloud) => cloud.databricks.host)).toBe(3);
  expect(distinct((cloud) => cloud.backend)).toBe(3);
  expect(distinct((cloud) => cloud.principals.pipeline_sp)).toBe(3);
});

test('local names only loopback addresses, at the ports of the clone', async () => {
  const { aws, databricks } = await loadEnvironment({ name: 'local', ports });
  expect(new URL(aws.endpoint!).host).toBe('127.0.0.1:4566');
  expect(new URL(databricks.host).host).toBe('127.0.0.1:8000');
});

test.each<[string, (environment: Record<string, unknown>) => void, RegExp]>([
  [
    'a wrong account',
    (e) => Object.assign(section(e, 'aws'), { accountId: '12' }),
    /aws\.accountId: must be the 12 digits of an AWS account \(got "12"\)/,
  ],
  [
    'a zone of another region',
    (e) => Object.assign(section(e, 'aws'), { zones: ['eu-west-1a', 'us-east-1a'] }),
    /aws\.zones: .*eu-west-1 \(got "us-east-1a"\)/,
  ],
  ['one zone', (e) => Object.assign(section(e, 'aws'), { zones: ['eu-west-1a'] }), /aws\.zones: must name two zones or more/],
  [
    'a retention CloudWatch does not know',
    (e) => Object.assign(section(e, 'retention'), { logDays: 8 }),
    /retention\.logDays: .*\(got 8\)/,
  ],
  [
    'a database that cannot grow',
    (e) => Object.assign(section(section(e, 'sizes'), 'database'), { storageGb: 100, maxStorageGb: 105 }),
    /sizes\.database\.maxStorageGb: must be 10% over storageGb at least \(got 105\)/,
  ],
  [
    'a batch of no time',
    (e) => Object.assign(section(section(e, 'sizes'), 'replication'), { maxBatchSeconds: 0 }),
    /sizes\.replication\.maxBatchSeconds: .*\(got 0\)/,
  ],
  ['a missing field', (e) => delete e.systems, /systems: .*\(got nothing\)/],
  ['an unknown field', (e) => Object.assign(e, { colour: 'red' }), /\(the environment\): .*colour/],
  ['nobody to alarm', (e) => Object.assign(e, { alarmEmails: [] }), /alarmEmails: must name somebody outside local \(got \[\]\)/],
  [
    'a service principal without an id',
    (e) => Object.assign(section(e, 'principals'), { pipeline_sp: { kind: 'service_principal', name: 'x', applicationId: 'x' } }),
    /principals\.pipeline_sp\.applicationId: must be the application id/,
  ],
  [
    'an endpoint on another machine',
    (e) => Object.assign(section(e, 'aws'), { endpoint: 'http://192.0.2.1:80' }),
    /aws\.endpoint: must be a loopback address/,
  ],
])('refuses %s, naming field, rule and value', async (_what, change, message) => {
  const validate = await changed(change);
  expect(validate).toThrow(LakewrightError);
  expect(validate).toThrow(message);
});

test('prod cannot be allowed to lose data', async () => {
  expect(await changed((environment) => Object.assign(environment, { allowDataLoss: true }), 'prod')).toThrow(
    /allowDataLoss: must be false in prod/,
  );
});

test('reports every problem at once', async () => {
  const validate = await changed((e) => Object.assign(e, { budgetUsd: -1, slo: { freshnessMinutes: 1 }, providers: 'mine' }));
  expect(validate).toThrow(/slo\.freshnessMinutes[\s\S]*got 1\)[\s\S]*budgetUsd[\s\S]*providers/);
});

test('offline keeps the environment but for providers and state', async () => {
  const online = await loadEnvironment({ name: 'prod', offline: false });
  const offline = await loadEnvironment({ name: 'prod', offline: true });
  expect(offline).toEqual({ ...online, providers: 'standin', backend: { type: 'local' } });
});

test('an unknown environment or system is a usage error that lists the known ones', async () => {
  await expect(loadEnvironment({ name: 'qa' })).rejects.toMatchObject({
    code: 'CONFIG_UNKNOWN_ENVIRONMENT',
    exitCode: 2,
    hint: expect.stringContaining('staging'),
  });
  await expect(loadEnvironment({ name: 'dev', systems: ['nope'] })).rejects.toMatchObject({
    code: 'CONFIG_UNKNOWN_SYSTEM',
    exitCode: 2,
    hint: expect.stringContaining('listings'),
  });
});

describe("LAKEWRIGHT_BACKEND in place of the environment's own backend", () => {
  afterEach(() => {
    delete process.env.LAKEWRIGHT_BACKEND;
  });
  const chosen = async (name: string, backend: string, offline = false) => {
    process.env.LAKEWRIGHT_BACKEND = backend;
    return (await loadEnvironment({ name, ports, offline })).backend;
  };

  test('a bucket in the region of the environment, or this machine', async () => {
    expect(await chosen('dev', 's3:states')).toEqual({ type: 's3', bucket: 'states', region: 'eu-west-1' });
    expect(await chosen('dev', 'local')).toEqual({ type: 'local' });
    expect(await chosen('local', 's3:states')).toEqual({ type: 's3', bucket: 'states', region: 'eu-west-1' });
  });

  test('offline keeps no state anywhere else', async () =>
    expect(await chosen('prod', 's3:states', true)).toEqual({ type: 'local' }));

  test.each([
    ['prod', 'local', /the state of prod must not be kept on this machine/],
    ['staging', 'local', /the state of staging must not/],
    ['dev', 's3:', /got "s3:"/],
    ['dev', 's3:UPPER', /got "s3:UPPER"/],
    ['dev', 'states', /must be "local" or "s3:<bucket>"/],
  ])('%s, %s: wrong usage', async (name, backend, message) => {
    await expect(chosen(name, backend)).rejects.toMatchObject({
      code: 'CONFIG_BACKEND',
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  });
});
