import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { Fault, invalid } from '../errors';
import { parse } from '../settings/parse';
import type { Resource, ResourceStore } from './store';
import type { TaskHost, Tasks } from './tasks';

export interface ApiState {
  readonly host: TaskHost;
  readonly resources: ResourceStore;
  readonly tasks: Tasks;
  /** Results of TestConnection, by endpoint. They are not kept: after a restart nothing is known of them. */
  readonly connections: Map<string, Resource>;
}

/** Answers a request of one action. @throws Fault */
export type Action = (input: Record<string, unknown>, state: ApiState) => unknown;

export const identifier = z.string().min(1).max(255);

/** Lists are asked for by filters; the names of filters are those of the API. */
const FILTERS: Readonly<Record<string, string>> = {
  'replication-instance-arn': 'ReplicationInstanceArn',
  'replication-instance-id': 'ReplicationInstanceIdentifier',
  'replication-subnet-group-id': 'ReplicationSubnetGroupIdentifier',
  'endpoint-arn': 'EndpointArn',
  'endpoint-id': 'EndpointIdentifier',
  'endpoint-type': 'EndpointType',
  'engine-name': 'EngineName',
  'certificate-arn': 'CertificateArn',
  'certificate-id': 'CertificateIdentifier',
  'replication-task-arn': 'ReplicationTaskArn',
  'replication-task-id': 'ReplicationTaskIdentifier',
  'migration-type': 'MigrationType',
};
const filters = z.array(z.looseObject({ Name: z.string(), Values: z.array(z.string()) })).optional();

/** What a list is asked for. @param fault what is not there when the filters find nothing; without it the list is empty then */
export function filtered(items: readonly Resource[], input: Record<string, unknown>, fault?: string): readonly Resource[] {
  const asked = parse(filters, input['Filters'], 'Filters') ?? [];
  const found = items.filter((item) =>
    asked.every(({ Name, Values }) => {
      const field = FILTERS[Name];
      if (!field) throw invalid(`Filters: '${Name}' is not known`);
      return Values.includes(String(item[field]));
    }),
  );
  // The service answers a filter that finds nothing with a fault; those who wait for a deletion rely on it.
  if (fault && asked.length > 0 && found.length === 0)
    throw new Fault('ResourceNotFoundFault', `No ${fault} found matching the filters.`);
  return found;
}

/** The ARN that the caller gives (the service draws it; ours are known from the plan), else one with a name, else one that is drawn. */
export function arnOf(resource: string, given: unknown, name: unknown): string {
  if (typeof given === 'string') return given;
  return `arn:aws:dms:us-east-1:000000000000:${resource}:${name ?? randomBytes(13).toString('hex').toUpperCase()}`;
}
