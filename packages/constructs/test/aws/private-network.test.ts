import { type LakewrightStack, PrivateNetwork, StackKey } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';

function networkOf(scope: LakewrightStack, networkName = 'homes'): PrivateNetwork {
  const key = new StackKey(scope, 'key', { description: 'Homes', alias: 'homes' });
  return new PrivateNetwork(scope, 'network', { networkName, key });
}

test('one private subnet a zone, cut from the network of the environment, and no way out', () => {
  const stack = synthesized((scope) => networkOf(scope));
  expect(stack.one('aws_vpc')).toMatchObject({
    cidr_block: '10.99.0.0/16',
    enable_dns_hostnames: true,
    enable_dns_support: true,
  });
  expect(
    stack
      .all('aws_subnet')
      .map(({ availability_zone, cidr_block, map_public_ip_on_launch }) => [
        availability_zone,
        cidr_block,
        map_public_ip_on_launch,
      ]),
  ).toEqual([
    ['eu-west-1a', '10.99.0.0/20', false],
    ['eu-west-1b', '10.99.16.0/20', false],
  ]);
  expect(stack.all('aws_route_table_association')).toHaveLength(2);
  expect(stack.one('aws_route_table')).not.toHaveProperty('route');
  const types = Object.keys(stack.json.resource);
  expect(types.filter((type) => /gateway$|_eip$|_route$/.test(type))).toEqual([]);
});

test('as many zones as the environment names', () => {
  const { aws } = testEnvironment();
  const zones = ['a', 'b', 'c'].map((letter) => `eu-west-1${letter}`);
  const stack = synthesized((scope) => networkOf(scope), testEnvironment({ aws: { ...aws, zones } }));
  expect(stack.all('aws_subnet').map(({ cidr_block }) => cidr_block)).toEqual(['10.99.0.0/20', '10.99.16.0/20', '10.99.32.0/20']);
});

test('the group that comes with a network is closed', () => {
  const group = synthesized((scope) => networkOf(scope)).one('aws_default_security_group');
  expect(group.vpc_id).toEqual(expect.stringContaining('aws_vpc.network_vpc'));
  expect(group).not.toHaveProperty('ingress');
  expect(group).not.toHaveProperty('egress');
});

test('S3 by the routes, for principals and buckets of the account only', () => {
  const stack = synthesized((scope) => networkOf(scope));
  expect(stack.one('aws_vpc_endpoint')).toMatchObject({
    vpc_endpoint_type: 'Gateway',
    service_name: 'com.amazonaws.eu-west-1.s3',
    route_table_ids: [expect.stringContaining('aws_route_table.network_routes')],
  });
  const [statement] = stack.policy('aws_vpc_endpoint').Statement;
  expect(statement).toMatchObject({
    Principal: { AWS: ['*'] },
    Condition: { StringEquals: { 'aws:PrincipalAccount': '123456789012', 'aws:ResourceAccount': '123456789012' } },
  });
  expect(statement?.Action).toContain('s3:PutObject');
  expect(statement?.Action).not.toContain('s3:PutBucketPolicy');
});

test('a service of AWS in every subnet, by its usual name, for the actions that are named', () => {
  const stack = synthesized((scope) =>
    networkOf(scope).addInterfaceEndpoint('secretsmanager', ['secretsmanager:GetSecretValue']),
  );
  expect(stack.one('aws_vpc_endpoint', 'network_secretsmanager')).toMatchObject({
    vpc_endpoint_type: 'Interface',
    service_name: 'com.amazonaws.eu-west-1.secretsmanager',
    private_dns_enabled: true,
    subnet_ids: [expect.stringContaining('private_0'), expect.stringContaining('private_1')],
    security_group_ids: [expect.stringContaining('network_endpoints')],
  });
  const [statement] = stack.policy('aws_vpc_endpoint', 'network_secretsmanager').Statement;
  expect(statement?.Action).toEqual(['secretsmanager:GetSecretValue']);
});

test('what got through and what did not is logged, encrypted, for as long as any log', () => {
  const stack = synthesized((scope) => networkOf(scope));
  expect(stack.one('aws_flow_log')).toMatchObject({ traffic_type: 'ALL', log_destination_type: 'cloud-watch-logs' });
  expect(stack.one('aws_cloudwatch_log_group')).toMatchObject({
    name: '/lakewright/homes/flow-log',
    retention_in_days: 7,
    kms_key_id: expect.stringContaining('aws_kms_key'),
  });
  const [trust] = stack.policy('aws_iam_role', '', 'assume_role_policy').Statement;
  expect(trust).toMatchObject({
    Principal: { Service: ['vpc-flow-logs.amazonaws.com'] },
    Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
  });
});

test('refused: a name that roles and log groups could not carry', () => {
  const error = refused((scope) => networkOf(scope, 'My Homes'));
  expect(error.code).toBe('CONSTRUCT_NETWORK_NAME');
  expect(error.message).toContain('"My Homes"');
});

test('refused: more zones than there are networks in it', () => {
  const zones = [...'abcdefghijklmnopq'].map((letter) => `eu-west-1${letter}`);
  let code = '';
  try {
    synthesized((scope) => networkOf(scope), testEnvironment({ aws: { ...testEnvironment().aws, zones } }));
  } catch (error) {
    code = (error as { code: string }).code;
  }
  expect(code).toBe('CONSTRUCT_NETWORK_ZONES');
});
