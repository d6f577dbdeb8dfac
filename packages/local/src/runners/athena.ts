import { rmSync } from 'node:fs';
import {
  type AthenaClient,
  CreateNamedQueryCommand,
  CreateWorkGroupCommand,
  DeleteNamedQueryCommand,
  DeleteWorkGroupCommand,
  type EncryptionOption,
  GetNamedQueryCommand,
  GetWorkGroupCommand,
  ListNamedQueriesCommand,
  ListWorkGroupsCommand,
  type NamedQuery,
  UpdateWorkGroupCommand,
  type WorkGroup,
  type WorkGroupConfiguration,
} from '@aws-sdk/client-athena';
import { readInstanceFile, serviceFolder, writeInstanceFile } from '../services/instance';
import { ensureServices, stopServices } from '../services/services';
import { mend } from './mend';
import type { ResourceRunner, Runner, RunnerContext } from './runner';
import { type Block, block, optionalBoolean, optionalNumber, optionalText, tags, text } from './values';

/** Read by the launcher of ministack: a new named query gets the id that the Terraform state knows. */
const QUERY_ID_TOKEN = 'lakewright:query-id:';

/** What is kept of the service while workgroups are deployed. */
export interface AthenaInstance {
  readonly workgroups: readonly string[];
}

const workgroup: ResourceRunner = {
  limits:
    'queries that read alone, at the latest commit of Hudi tables and of Parquet; metrics, encryption and engine versions have no effect',
  identity: (resource) => ({ name: text(resource, 'name') }),
  // Its history is all that is lost.
  allowsDataLoss: () => true,
  async reconcile(resource, context) {
    const { athena } = context.aws;
    const Name = text(resource, 'name');
    const known = readInstanceFile<AthenaInstance>(context.local, 'athena')?.workgroups ?? [];
    if (!known.includes(Name)) writeInstanceFile(context.local, 'athena', { workgroups: [...known, Name] });
    await ensureServices(context.local, { services: ['athena'] });
    const wanted = {
      State: optionalText(resource.values, 'state') ?? 'ENABLED',
      Description: optionalText(resource.values, 'description') ?? '',
      Configuration: configuration(block(resource.values, 'configuration') ?? {}),
    };
    const actual = await findWorkgroup(athena, Name);
    return mend(actual, wanted, async () => {
      // An update could not take a limit away. Named queries and executions keep to the name.
      if (actual) await athena.send(new DeleteWorkGroupCommand({ WorkGroup: Name, RecursiveDeleteOption: true }));
      const Tags = Object.entries(tags(resource)).map(([Key, Value]) => ({ Key, Value }));
      const { State, ...settings } = wanted;
      await athena.send(new CreateWorkGroupCommand({ Name, ...settings, Tags }));
      // A new one takes queries.
      if (State !== 'ENABLED') await athena.send(new UpdateWorkGroupCommand({ WorkGroup: Name, State: 'DISABLED' }));
    });
  },
  async remove({ identity }, context) {
    const { athena } = context.aws;
    if (await findWorkgroup(athena, identity.name!)) {
      await athena.send(new DeleteWorkGroupCommand({ WorkGroup: identity.name!, RecursiveDeleteOption: true }));
    }
    await removeService(context, identity.name!);
  },
};

/** The service goes with the last of its workgroups. */
async function removeService({ local }: RunnerContext, name: string): Promise<void> {
  const known = readInstanceFile<AthenaInstance>(local, 'athena');
  if (!known) return;
  const workgroups = known.workgroups.filter((other) => other !== name);
  if (workgroups.length > 0) return writeInstanceFile(local, 'athena', { workgroups });
  await stopServices(local, { services: ['athena'] });
  rmSync(serviceFolder(local, 'athena'), { recursive: true });
}

async function findWorkgroup(athena: AthenaClient, name: string): Promise<WorkGroup | undefined> {
  const { WorkGroups = [] } = await athena.send(new ListWorkGroupsCommand({}));
  if (!WorkGroups.some(({ Name }) => Name === name)) return undefined;
  return (await athena.send(new GetWorkGroupCommand({ WorkGroup: name }))).WorkGroup;
}

function configuration(values: Block): WorkGroupConfiguration {
  const result = block(values, 'result_configuration') ?? {};
  const encryption = block(result, 'encryption_configuration');
  return {
    EnforceWorkGroupConfiguration: optionalBoolean(values, 'enforce_workgroup_configuration') ?? true,
    PublishCloudWatchMetricsEnabled: optionalBoolean(values, 'publish_cloudwatch_metrics_enabled') ?? true,
    RequesterPaysEnabled: optionalBoolean(values, 'requester_pays_enabled') ?? false,
    // The provider has 0 for no limit.
    BytesScannedCutoffPerQuery: optionalNumber(values, 'bytes_scanned_cutoff_per_query') || undefined,
    ResultConfiguration: {
      OutputLocation: optionalText(result, 'output_location'),
      EncryptionConfiguration: encryption && {
        EncryptionOption: optionalText(encryption, 'encryption_option') as EncryptionOption,
        KmsKey: optionalText(encryption, 'kms_key_arn'),
      },
    },
  };
}

const namedQuery: ResourceRunner = {
  identity: (resource) => ({ id: text(resource, 'id') }),
  async reconcile(resource, { aws: { athena } }) {
    const id = text(resource, 'id');
    const wanted = {
      Name: text(resource, 'name'),
      Database: text(resource, 'database'),
      QueryString: text(resource, 'query'),
      WorkGroup: optionalText(resource.values, 'workgroup') ?? 'primary',
      Description: optionalText(resource.values, 'description') ?? '',
    };
    const actual = await findNamedQuery(athena, id);
    return mend(actual, wanted, async () => {
      if (actual) await athena.send(new DeleteNamedQueryCommand({ NamedQueryId: id }));
      await athena.send(new CreateNamedQueryCommand({ ...wanted, ClientRequestToken: `${QUERY_ID_TOKEN}${id}` }));
    });
  },
  async remove({ identity }, { aws: { athena } }) {
    if (await findNamedQuery(athena, identity.id!)) {
      await athena.send(new DeleteNamedQueryCommand({ NamedQueryId: identity.id! }));
    }
  },
};

async function findNamedQuery(athena: AthenaClient, id: string): Promise<NamedQuery | undefined> {
  const { NamedQueryIds = [] } = await athena.send(new ListNamedQueriesCommand({}));
  if (!NamedQueryIds.includes(id)) return undefined;
  return (await athena.send(new GetNamedQueryCommand({ NamedQueryId: id }))).NamedQuery;
}

/** Workgroups and named queries; the queries themselves are run by the service that is there with the first workgroup. */
export const athenaRunner: Runner = {
  family: 'athena',
  resources: { aws_athena_workgroup: workgroup, aws_athena_named_query: namedQuery },
};
