import { type LakewrightStack, PrivateNetwork, SecurityGroup, StackKey } from '../../src';
import { refused, synthesized } from '../synthesized';

function networkOf(scope: LakewrightStack): PrivateNetwork {
  const key = new StackKey(scope, 'key', { description: 'Homes', alias: 'homes' });
  return new PrivateNetwork(scope, 'network', { networkName: 'homes', key });
}
const groupOf = (scope: LakewrightStack, { vpc }: PrivateNetwork, id: string, description = id) =>
  new SecurityGroup(scope, id, { groupName: id, description, vpc });

test('a group without flows has no rules, and goes with whatever was added by hand', () => {
  const stack = synthesized((scope) => groupOf(scope, networkOf(scope), 'homes'));
  expect(stack.one('aws_security_group', 'homes')).toMatchObject({ name: 'homes', revoke_rules_on_delete: true });
  expect(stack.one('aws_security_group', 'homes')).not.toHaveProperty('ingress');
  expect(stack.all('aws_vpc_security_group_ingress_rule')).toEqual([]);
  expect(stack.all('aws_vpc_security_group_egress_rule')).toEqual([]);
});

test('a flow is one port from one group, let out there and in here, and both rules say why', () => {
  const stack = synthesized((scope) => {
    const network = networkOf(scope);
    groupOf(scope, network, 'database').allowFrom(groupOf(scope, network, 'reader'), 3306, 'reads homes');
  });
  const [database, reader] = ['database', 'reader'].map((id) =>
    expect.stringMatching(`aws_security_group\\.${id}_group_.*\\.id`),
  );
  const flow = { ip_protocol: 'tcp', from_port: 3306, to_port: 3306, description: 'reads homes' };
  expect(stack.one('aws_vpc_security_group_ingress_rule')).toMatchObject({
    ...flow,
    security_group_id: database,
    referenced_security_group_id: reader,
  });
  expect(stack.one('aws_vpc_security_group_egress_rule')).toMatchObject({
    ...flow,
    security_group_id: reader,
    referenced_security_group_id: database,
  });
});

test('the way to a gateway ends at the addresses of its service', () => {
  const stack = synthesized((scope) => {
    const network = networkOf(scope);
    groupOf(scope, network, 'writer').allowToGateway(network.s3, 'writes files');
  });
  const rule = stack.one('aws_vpc_security_group_egress_rule');
  expect(rule).toMatchObject({ from_port: 443, to_port: 443, description: 'writes files' });
  expect(rule.prefix_list_id).toEqual(expect.stringContaining('aws_vpc_endpoint.network_s3'));
  expect(rule).not.toHaveProperty('cidr_ipv4');
});

test('who is ready is let through already: at both ends', () => {
  let ready: number[] = [];
  synthesized((scope) => {
    const network = networkOf(scope);
    const [database, reader] = [groupOf(scope, network, 'database'), groupOf(scope, network, 'reader')];
    database.allowFrom(reader, 3306, 'reads homes');
    ready = [database.ready.length, reader.ready.length];
  });
  expect(ready).toEqual([3, 3]);
});

test.each<[string, number, string, string]>([
  ['no port', 0, 'reads homes', 'CONSTRUCT_SECURITY_GROUP_PORT'],
  ['a flow without a reason', 3306, '', 'CONSTRUCT_SECURITY_GROUP_REASON'],
  ['a reason that EC2 would refuse', 3306, "reads everybody's homes", 'CONSTRUCT_SECURITY_GROUP_REASON'],
])('refused: %s', (_, port, why, code) => {
  const error = refused((scope) => {
    const network = networkOf(scope);
    groupOf(scope, network, 'database').allowFrom(groupOf(scope, network, 'reader'), port, why);
  });
  expect(error.code).toBe(code);
  expect(error.message).toContain(code.endsWith('PORT') ? '(got 0)' : `"${why}"`);
});

test('refused: a description that EC2 would refuse', () => {
  const error = refused((scope) => groupOf(scope, networkOf(scope), 'homes', 'Häuser'));
  expect(error.message).toContain('description: ');
});
