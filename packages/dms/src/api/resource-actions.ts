import { Fault, invalid } from '../errors';
import { parse } from '../settings/parse';
import { readS3Settings } from '../settings/s3-settings';
import { readSourceSettings } from '../settings/source-settings';
import { type Action, arnOf, filtered, identifier as name } from './action';
import type { Kind, Resource } from './store';

/** What is the same for the resources that are kept as they were given. */
interface Family {
  readonly kind: Kind;
  /** Part of an ARN. */
  readonly resource: string;
  readonly identifier: string;
  readonly arn: string;
  /** What is checked before it is kept. */
  check?(resource: Resource): void;
  /** What the service adds. */
  readonly extra: Resource;
}

const FAMILIES: readonly Family[] = [
  {
    kind: 'ReplicationInstance',
    resource: 'rep',
    identifier: 'ReplicationInstanceIdentifier',
    arn: 'ReplicationInstanceArn',
    extra: { ReplicationInstanceStatus: 'available' },
  },
  {
    kind: 'ReplicationSubnetGroup',
    resource: 'subgrp',
    identifier: 'ReplicationSubnetGroupIdentifier',
    arn: 'ReplicationSubnetGroupArn',
    extra: { SubnetGroupStatus: 'Complete' },
  },
  {
    kind: 'Endpoint',
    resource: 'endpoint',
    identifier: 'EndpointIdentifier',
    arn: 'EndpointArn',
    check: checkEndpoint,
    extra: { Status: 'active' },
  },
  { kind: 'Certificate', resource: 'cert', identifier: 'CertificateIdentifier', arn: 'CertificateArn', extra: {} },
];

function familyActions(family: Family): Record<string, Action> {
  const { kind, identifier, arn } = family;
  const verb = kind === 'Certificate' ? 'Import' : 'Create';
  // A subnet group is named by its identifier everywhere, everything else by its ARN.
  const idOf = (resource: Resource) => String(resource[kind === 'ReplicationSubnetGroup' ? identifier : arn]);
  return {
    [`${verb}${kind}`]: (input, { resources }) => {
      const given = parse(name, input[identifier], identifier);
      const resource: Resource = {
        ...input,
        [identifier]: given,
        [arn]: arnOf(family.resource, input[arn], input['ResourceIdentifier']),
        ...family.extra,
      };
      family.check?.(resource);
      return { [kind]: resources.create(kind, idOf(resource), resource) };
    },
    [`Modify${kind}`]: (input, { resources }) => {
      const found = resources.get(kind, idOf(input));
      const resource = { ...found, ...input };
      family.check?.(resource);
      return { [kind]: resources.put(kind, idOf(found), resource) };
    },
    [`Delete${kind}`]: (input, { resources, tasks }) => {
      const name = idOf(input);
      if (tasks.all().some(({ sourceArn, targetArn, instanceArn }) => [sourceArn, targetArn, instanceArn].includes(name)))
        throw new Fault('InvalidResourceStateFault', `${kind} ${name} is in use by a replication task.`);
      return { [kind]: resources.remove(kind, name) };
    },
    [`Describe${kind}s`]: (input, { resources }) => ({ [`${kind}s`]: filtered(resources.all(kind), input, kind) }),
  };
}

function checkEndpoint(endpoint: Resource): void {
  if (endpoint['EndpointType'] === 'source') readSourceSettings(endpoint);
  else if (endpoint['EngineName'] === 's3') readS3Settings(endpoint['S3Settings']);
  else throw invalid(`EngineName '${endpoint['EngineName']}' is not supported as a target; s3 is`);
}

/** Create (or Import), Modify, Delete and Describe of what is kept as it was given. */
export const RESOURCE_ACTIONS: Readonly<Record<string, Action>> = Object.assign({}, ...FAMILIES.map(familyActions));
