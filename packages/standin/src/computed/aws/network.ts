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

function rulesOf(type: string, prefix: string): Rules {
  const noun = NOUNS[type] ?? type.replace(/^aws_/, '').replaceAll('_', '-');
  return { id: `${prefix}-{hex:17}`, arn: `arn:{partition}:ec2:{region}:{account}:${noun}/{id}`, owner_id: '{account}' };
}

/** Every account has one in each region: the same id in every resource that names none. */
function defaultVpc(it: ComputedResource): string {
  return `vpc-${new Stable(it.expand('{account} {region}')).hex(17, 'default vpc')}`;
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
