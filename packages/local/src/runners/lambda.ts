import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  AddPermissionCommand,
  type Architecture,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionEventInvokeConfigCommand,
  type FunctionConfiguration,
  type FunctionResponseType,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  type LambdaClient,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  type Runtime,
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { LakewrightError } from '@lakewright/config';
import { found } from '../aws/found';
import { functionName } from '../aws/names';
import type { LocalContext } from '../context';
import { assetPath, type DeployedResource } from '../deployment/deployment';
import { authorityFile } from '../services/database/authority';
import { combined, mend, part } from './mend';
import type { Facts, Outcome, ResourceRunner, Runner, RunnerContext } from './runner';
import { block, blocks, optionalBoolean, optionalNumber, optionalText, tags, text, textMap, texts } from './values';

const lambdaFunction: ResourceRunner = {
  limits: 'a process of this machine: no memory limit, no network of its own, no tracing',
  identity: (resource) => ({ name: text(resource, 'function_name') }),
  async reconcile(resource, context) {
    const { lambda } = context.aws;
    const FunctionName = text(resource, 'function_name');
    const bundle = readBundle(resource, context);
    const configuration = functionConfiguration(resource, context);
    const existing = await found(lambda.send(new GetFunctionCommand({ FunctionName })));
    if (!existing) {
      const Architectures = texts(resource.values, 'architectures') as Architecture[];
      await lambda.send(
        new CreateFunctionCommand({
          FunctionName,
          ...configuration,
          Code: { ZipFile: bundle },
          Tags: tags(resource),
          ...(Architectures.length > 0 ? { Architectures } : {}),
        }),
      );
      await reserveConcurrency(lambda, resource);
      return 'created';
    }
    const digest = createHash('sha256').update(bundle).digest('base64');
    const code = await mend(existing.Configuration?.CodeSha256, digest, () =>
      lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: bundle })),
    );
    const settings = await mend(comparable(existing.Configuration ?? {}), comparable(configuration), () =>
      lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...configuration })),
    );
    return part(combined(code, settings, await reserveConcurrency(lambda, resource)));
  },
  async remove({ identity }, { aws: { lambda } }) {
    await found(lambda.send(new DeleteFunctionCommand({ FunctionName: identity.name! })));
  },
};

function readBundle(resource: DeployedResource, { local }: RunnerContext): Uint8Array {
  const filename = optionalText(resource.values, 'filename');
  if (filename) return readFileSync(assetPath(local, resource, filename));
  throw new LakewrightError(
    'LOCAL_LAMBDA_CODE',
    `${resource.address}: only a Lambda whose code is a zip file of the stack can run locally`,
    {
      hint: 'set filename (an asset), not an image or an object in S3',
    },
  );
}

function functionConfiguration(resource: DeployedResource, { local }: RunnerContext) {
  const { values } = resource;
  const deadLetters = block(values, 'dead_letter_config');
  return {
    Role: text(resource, 'role'),
    Runtime: text(resource, 'runtime') as Runtime,
    Handler: text(resource, 'handler'),
    Description: optionalText(values, 'description') ?? '',
    Timeout: optionalNumber(values, 'timeout') ?? 3,
    MemorySize: optionalNumber(values, 'memory_size') ?? 128,
    Environment: { Variables: localVariables(textMap(block(values, 'environment') ?? {}, 'variables'), local) },
    DeadLetterConfig: { TargetArn: deadLetters && optionalText(deadLetters, 'target_arn') },
  };
}

/** The authorities of RDS that AWS lays into the runtime: servers of this machine have certificates of this clone's own. */
const RUNTIME_AUTHORITIES = '/var/runtime/ca-cert.pem';

function localVariables(variables: Record<string, string>, local: LocalContext): Record<string, string> {
  if (variables.NODE_EXTRA_CA_CERTS !== RUNTIME_AUTHORITIES) return variables;
  return { ...variables, NODE_EXTRA_CA_CERTS: authorityFile(local) };
}

/** What of a configuration is compared: variables exactly, so that one too many is seen. */
function comparable(given: Omit<FunctionConfiguration, 'Runtime'> & { readonly Runtime?: string }) {
  return {
    Role: given.Role,
    Runtime: given.Runtime,
    Handler: given.Handler,
    Timeout: given.Timeout,
    MemorySize: given.MemorySize,
    Description: given.Description || null,
    DeadLetters: given.DeadLetterConfig?.TargetArn || null,
    Variables: Object.entries(given.Environment?.Variables ?? {}).map(([name, value]) => `${name}=${value}`),
  };
}

/** Terraform writes -1 where no concurrency is reserved. */
async function reserveConcurrency(lambda: LambdaClient, resource: DeployedResource): Promise<Outcome> {
  const FunctionName = text(resource, 'function_name');
  const given = optionalNumber(resource.values, 'reserved_concurrent_executions');
  const wanted = given === undefined || given < 0 ? undefined : given;
  const { ReservedConcurrentExecutions: actual } = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }));
  if (actual === wanted) return 'unchanged';
  if (wanted === undefined) await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  else await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: wanted }));
  return 'updated';
}

const permission: ResourceRunner = {
  limits: 'kept and returned; requests are not checked against it',
  identity: (resource) => ({
    function: functionName(text(resource, 'function_name')),
    statement: text(resource, 'statement_id'),
    action: text(resource, 'action'),
    principal: text(resource, 'principal'),
    source: optionalText(resource.values, 'source_arn') ?? '',
  }),
  async reconcile(resource, { aws: { lambda } }) {
    const { function: FunctionName, statement, action, principal, source } = permission.identity(resource) as Required<Facts>;
    const policy = await found(lambda.send(new GetPolicyCommand({ FunctionName })));
    const statements = policy?.Policy ? (JSON.parse(policy.Policy) as { Statement?: { Sid?: string }[] }).Statement : [];
    if (statements?.some(({ Sid }) => Sid === statement)) return 'unchanged';
    await lambda.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId: statement,
        Action: action,
        Principal: principal,
        SourceArn: source || undefined,
        SourceAccount: optionalText(resource.values, 'source_account'),
      }),
    );
    return 'created';
  },
  async remove({ identity }, { aws: { lambda } }) {
    await found(lambda.send(new RemovePermissionCommand({ FunctionName: identity.function!, StatementId: identity.statement! })));
  },
};

const eventSourceMapping: ResourceRunner = {
  identity: (resource) => ({
    source: text(resource, 'event_source_arn'),
    function: functionName(text(resource, 'function_name')),
  }),
  async reconcile(resource, { aws: { lambda } }) {
    const { source: EventSourceArn, function: FunctionName } = eventSourceMapping.identity(resource) as Required<Facts>;
    const settings = mappingSettings(resource);
    const enabled = optionalBoolean(resource.values, 'enabled') ?? true;
    const existing = await findMapping(lambda, eventSourceMapping.identity(resource));
    if (!existing) {
      const StartingPosition = optionalText(resource.values, 'starting_position') as 'LATEST' | 'TRIM_HORIZON' | undefined;
      await lambda.send(
        new CreateEventSourceMappingCommand({ EventSourceArn, FunctionName, Enabled: enabled, StartingPosition, ...settings }),
      );
      return 'created';
    }
    const actual = { ...existing, enabled: existing.State === 'Enabled' };
    return mend(actual, { ...settings, enabled }, () =>
      lambda.send(new UpdateEventSourceMappingCommand({ UUID: existing.UUID!, FunctionName, Enabled: enabled, ...settings })),
    );
  },
  async remove({ identity }, { aws: { lambda } }) {
    const existing = await findMapping(lambda, identity);
    if (existing) await found(lambda.send(new DeleteEventSourceMappingCommand({ UUID: existing.UUID! })));
  },
};

function mappingSettings({ values }: DeployedResource) {
  const scaling = block(values, 'scaling_config');
  const filters = blocks(block(values, 'filter_criteria') ?? {}, 'filter').map((filter) => ({
    Pattern: optionalText(filter, 'pattern'),
  }));
  const responses = texts(values, 'function_response_types') as FunctionResponseType[];
  return {
    BatchSize: optionalNumber(values, 'batch_size') || undefined,
    MaximumBatchingWindowInSeconds: optionalNumber(values, 'maximum_batching_window_in_seconds') ?? 0,
    FunctionResponseTypes: responses,
    ...(scaling ? { ScalingConfig: { MaximumConcurrency: optionalNumber(scaling, 'maximum_concurrency') } } : {}),
    ...(filters.length > 0 ? { FilterCriteria: { Filters: filters } } : {}),
  };
}

/** By what it connects: its UUID is the service's own invention and another one than the state's. */
async function findMapping(lambda: LambdaClient, { source, function: name }: Facts) {
  let Marker: string | undefined;
  do {
    const page = await found(lambda.send(new ListEventSourceMappingsCommand({ EventSourceArn: source, Marker })));
    const match = page?.EventSourceMappings?.find((mapping) => functionName(mapping.FunctionArn ?? '') === name);
    if (match) return match;
    Marker = page?.NextMarker;
  } while (Marker);
  return undefined;
}

const eventInvokeConfig: ResourceRunner = {
  identity: (resource) => ({ function: functionName(text(resource, 'function_name')) }),
  async reconcile(resource, { aws: { lambda } }) {
    const { values } = resource;
    const FunctionName = functionName(text(resource, 'function_name'));
    const destinations = block(values, 'destination_config') ?? {};
    const target = (name: string) => optionalText(block(destinations, name) ?? {}, 'destination');
    const wanted = {
      MaximumRetryAttempts: optionalNumber(values, 'maximum_retry_attempts'),
      MaximumEventAgeInSeconds: optionalNumber(values, 'maximum_event_age_in_seconds'),
      DestinationConfig: {
        ...(target('on_failure') ? { OnFailure: { Destination: target('on_failure') } } : {}),
        ...(target('on_success') ? { OnSuccess: { Destination: target('on_success') } } : {}),
      },
    };
    const actual = await found(lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName })));
    const present = actual && { ...actual, DestinationConfig: named(actual.DestinationConfig ?? {}) };
    return mend(present, wanted, () => lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, ...wanted })));
  },
  async remove({ identity }, { aws: { lambda } }) {
    await found(lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName: identity.function! })));
  },
};

/** The destinations that are set: the service answers with empty ones for the others. */
function named(destinations: object): object {
  return Object.fromEntries(Object.entries(destinations).filter(([, value]) => Object.keys(value ?? {}).length > 0));
}

/** Functions from zip files, and what calls them. */
export const lambdaRunner: Runner = {
  family: 'lambda',
  resources: {
    aws_lambda_function: lambdaFunction,
    aws_lambda_permission: permission,
    aws_lambda_function_event_invoke_config: eventInvokeConfig,
    aws_lambda_event_source_mapping: eventSourceMapping,
  },
};
