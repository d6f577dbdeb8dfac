import type { ComputedResource } from '../computed-resource';
import type { Rules } from '../rule';
import { Stable } from '../stable';

/** EC2 gives ids by kind of thing: its prefix and 17 hexadecimal digits (docs.aws.amazon.com, "Resource IDs"). */
const PREFIXES: Readonly<Record<string, string>> = {
  aws_vpc: 'vpc',
  aws_subnet: 'subnet',
  aws_security_group: 'sg',
  aws_vpc_security_group_ingress_rule: 'sgr',
  aws_vpc_security_group_egress_rule: 'sgr',
  aws_security_group_rule: 'sgrule',
  aws_route_table: 'rtb',
  aws_route_table_association: 'rtbassoc',
  aws_route: 'r',
  aws_internet_gateway: 'igw',
  aws_nat_gateway: 'nat',
  aws_network_acl: 'acl',
  aws_network_interface: 'eni',
  aws_vpc_endpoint: 'vpce',
  aws_eip: 'eipalloc',
  aws_instance: 'i',
  aws_launch_template: 'lt',
  aws_ebs_volume: 'vol',
  aws_ebs_snapshot: 'snap',
  aws_ami: 'ami',
  aws_flow_log: 'fl',
  aws_vpc_dhcp_options: 'dopt',
};

/** ARN's resource part where it is not the noun of the type. */
const NOUNS: Readonly<Record<string, string>> = {
  aws_vpc: 'vpc',
  aws_subnet: 'subnet',
  aws_security_group: 'security-group',
  aws_vpc_security_group_ingress_rule: 'security-group-rule',
  aws_vpc_security_group_egress_rule: 'security-group-rule',
  aws_route_table: 'route-table',
  aws_internet_gateway: 'internet-gateway',
  aws_nat_gateway: 'natgateway',
  aws_vpc_endpoint: 'vpc-endpoint',
  aws_eip: 'elastic-ip',
  aws_instance: 'instance',
  aws_flow_log: 'vpc-flow-log',
};

const NO_IPV6: Rules = { ipv6_association_id: '', ipv6_cidr_block: '', ipv6_cidr_block_association_id: '' };

function rulesOf(type: string, prefix: string): Rules {
  const noun = NOUNS[type] ?? type.replace(/^aws_/, '').replaceAll('_', '-');
  return { id: `${prefix}-{hex:17}`, arn: `arn:{partition}:ec2:{region}:{account}:${noun}/{id}`, owner_id: '{account}' };
}

/** Every account has one in each region: the same id in every resource that names none. */
function defaultVpc(it: ComputedResource): string {
  return `vpc-${new Stable(it.expand('{account} {region}')).hex(17, 'default vpc')}`;
}

function isGateway(it: ComputedResource): boolean {
  return it.text('vpc_endpoint_type') !== 'Interface';
}

/** AWS' own list: the same for everybody in the region. */
function prefixList(it: ComputedResource): string {
  return `pl-${new Stable(it.text('service_name')).hex(8, 'prefix list')}`;
}

function endpointName(it: ComputedResource): string {
  return `${it.text('id')}-${it.stable.hex(8, 'name')}.${it.text('service_name').split('.').at(-1)}.${it.expand('{region}')}.vpce.amazonaws.com`;
}

/** `eu-west-1b` is `euw1-az2` to somebody; the letters are mixed by account (docs.aws.amazon.com, "AZ IDs"). */
function zoneId(it: ComputedResource): string {
  const zone = it.text('availability_zone');
  const [area = '', direction = '', number = ''] = zone.slice(0, -1).split('-');
  return `${area}${direction.charAt(0)}${number}-az${zone.charCodeAt(zone.length - 1) - 96}`;
}

/** Amazon VPC and EC2. */
export const NETWORK: Readonly<Record<string, Rules>> = {
  ...Object.fromEntries(Object.entries(PREFIXES).map(([type, prefix]) => [type, rulesOf(type, prefix)])),
  aws_vpc: {
    ...rulesOf('aws_vpc', 'vpc'),
    main_route_table_id: 'rtb-{hex:17}',
    default_network_acl_id: 'acl-{hex:17}',
    default_route_table_id: 'rtb-{hex:17}',
    default_security_group_id: 'sg-{hex:17}',
    dhcp_options_id: 'dopt-{hex:17}',
    ...NO_IPV6,
  },
  aws_subnet: { ...rulesOf('aws_subnet', 'subnet'), availability_zone_id: zoneId, ...NO_IPV6 },
  // The group that came with the network: the provider takes it over, and it keeps its id.
  aws_default_security_group: {
    ...rulesOf('aws_security_group', 'sg'),
    id: (it) => it.text('vpc_id').replace(/^vpc-/, 'sg-'),
    name: 'default',
    name_prefix: '',
    description: 'default VPC security group',
  },
  aws_vpc_endpoint: {
    ...rulesOf('aws_vpc_endpoint', 'vpce'),
    state: 'available',
    // A gateway is in routes, by the addresses of its service; an interface has names of its own.
    prefix_list_id: (it) => (isGateway(it) ? prefixList(it) : ''),
    dns_entry: (it) => (isGateway(it) ? [] : [{ dns_name: endpointName(it), hosted_zone_id: it.expand('Z{upper:20}') }]),
    service_region: '{region}',
  },
  aws_security_group: { ...rulesOf('aws_security_group', 'sg'), vpc_id: defaultVpc, description: 'Managed by Terraform' },
  aws_vpc_security_group_ingress_rule: {
    ...rulesOf('aws_vpc_security_group_ingress_rule', 'sgr'),
    security_group_rule_id: '{id}',
  },
  aws_vpc_security_group_egress_rule: {
    ...rulesOf('aws_vpc_security_group_egress_rule', 'sgr'),
    security_group_rule_id: '{id}',
  },
  aws_eip: { ...rulesOf('aws_eip', 'eipalloc'), allocation_id: '{id}', domain: 'vpc', public_ip: '203.0.113.10' },
};
