import type { IConstruct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { EveryResource, type PolicyStatement } from './policy';

/**
 * What Lambda does with a function's role to give it an address in a network (Lambda Developer Guide, "Giving Lambda functions access to
 * resources in an Amazon VPC").
 */
export const NETWORK_INTERFACES = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
  'ec2:UnassignPrivateIpAddresses',
];

/** Lets Lambda place a function in a network with the function's role, and keeps its code from doing the same: a key tells the two apart. */
export function networkStatements(scope: IConstruct, functionName: string): PolicyStatement[] {
  const { partition, region, accountId } = LakewrightStack.of(scope).environment.aws;
  const own = `arn:${partition}:lambda:${region}:${accountId}:function:${functionName}`;
  return [
    {
      sid: 'StandInNetwork',
      actions: NETWORK_INTERFACES,
      resources: new EveryResource('Lambda asks before there is an interface, and describing knows no resources'),
    },
    {
      sid: 'LeaveNetworkToLambda',
      effect: 'Deny',
      actions: NETWORK_INTERFACES,
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': own } },
    },
  ];
}
