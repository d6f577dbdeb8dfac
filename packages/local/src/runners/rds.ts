import { randomInt } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { LakewrightError } from '@lakewright/config';
import { createSecret, deleteSecret, describeSecret, putSecretValue, secretValue } from '../aws/secret';
import type { DeployedResource } from '../deployment/deployment';
import { DATABASE_ENGINES } from '../services/database/engines';
import {
  type DatabaseEngine,
  type DatabaseInstance,
  newInstanceId,
  readInstance,
  writeInstance,
} from '../services/database/instance';
import { serviceFolder } from '../services/instance';
import { ensureServices, stopServices } from '../services/services';
import type { Outcome, ResourceRunner, Runner, RunnerContext } from './runner';
import { block, blocks, optionalBoolean, optionalNumber, optionalText, text } from './values';

/** Engines of RDS by what runs here in their place. */
const ENGINES: Readonly<Record<string, { readonly engine: DatabaseEngine; readonly product: string }>> = {
  mysql: { engine: 'mysql', product: 'MySQL' },
  mariadb: { engine: 'mysql', product: 'MariaDB' },
  postgres: { engine: 'postgresql', product: 'PostgreSQL' },
};

/** The engine that runs an `aws_db_instance` here; undefined for one that none does. */
export function engineOf(resource: DeployedResource): DatabaseEngine | undefined {
  return ENGINES[optionalText(resource.values, 'engine') ?? '']?.engine;
}

const instance: ResourceRunner = {
  limits:
    'MariaDB in place of MySQL; one instance an engine, without replicas, backups, storage limits or monitoring; its master password stays',
  identity: (resource) => ({
    engine: requireEngine(resource),
    identifier: text(resource, 'identifier'),
    secret: masterSecret(resource).arn,
  }),
  allowsDataLoss: ({ values }) =>
    optionalBoolean(values, 'deletion_protection') !== true && optionalBoolean(values, 'skip_final_snapshot') === true,
  async reconcile(resource, context) {
    const engine = requireEngine(resource);
    requirePort(resource, engine, context);
    const known = readInstance(context.local, engine);
    const wanted = wantedInstance(resource, context, known);
    const master = await masterAccount(resource, context);
    // What the server is started with has changed.
    if (known && !sameStart(known, wanted)) await stopServices(context.local, { services: [engine] });
    writeInstance(context.local, engine, wanted);
    const { services } = await ensureServices(context.local, { services: [engine] });
    const { changed, left } = await DATABASE_ENGINES[engine].settle(context.local, master, wanted.parameters);
    context.notice(services[0]!.title);
    for (const [name, reason] of Object.entries(left))
      context.notice(`parameter ${name} of ${resource.address} has no effect here: ${reason}`);
    return outcome(known, changed || !sameStart(known, wanted));
  },
  async remove({ identity, forceDestroy, address }, context) {
    const engine = identity.engine as DatabaseEngine;
    const folder = serviceFolder(context.local, engine);
    if (existsSync(folder)) {
      if (!forceDestroy) throw protectedError(address, identity.identifier!);
      await stopServices(context.local, { services: [engine] });
      rmSync(folder, { recursive: true });
    }
    await deleteSecret(context.aws.secrets, identity.secret!, true);
  },
};

function outcome(known: DatabaseInstance | undefined, changed: boolean): Outcome {
  if (!known) return 'created';
  return changed ? 'updated' : 'unchanged';
}

function sameStart(known: DatabaseInstance | undefined, wanted: DatabaseInstance): boolean {
  return JSON.stringify(known?.parameters) === JSON.stringify(wanted.parameters);
}

function requireEngine(resource: DeployedResource): DatabaseEngine {
  const engine = engineOf(resource);
  if (engine) return engine;
  throw new LakewrightError(
    'LOCAL_DATABASE_ENGINE',
    `${resource.address} (stack ${resource.stack}): no engine "${resource.values.engine}" runs here`,
    { hint: `the engines that do are ${Object.keys(ENGINES).join(', ')}` },
  );
}

function requirePort(resource: DeployedResource, engine: DatabaseEngine, { local }: RunnerContext): void {
  const port = optionalNumber(resource.values, 'port');
  if (port === local.ports[engine]) return;
  throw new LakewrightError(
    'LOCAL_DATABASE_PORT',
    `${resource.address} (stack ${resource.stack}) is deployed with port ${port}, and this clone keeps ${local.ports[engine]} for ${engine}`,
    { hint: 'take the port from environment.databasePorts, then lakewright up' },
  );
}

function wantedInstance(
  resource: DeployedResource,
  context: RunnerContext,
  known: DatabaseInstance | undefined,
): DatabaseInstance {
  const product = ENGINES[text(resource, 'engine')]!.product;
  return {
    identifier: text(resource, 'identifier'),
    id: known?.id ?? newInstanceId(),
    version: known?.version ?? DATABASE_ENGINES[requireEngine(resource)].version(context.local),
    inPlaceOf: [product, optionalText(resource.values, 'engine_version')].filter(Boolean).join(' '),
    parameters: parametersOf(resource, context),
  };
}

function parametersOf(resource: DeployedResource, { deployment }: RunnerContext): Record<string, string> {
  const name = optionalText(resource.values, 'parameter_group_name');
  const group = deployment.resources.find((other) => other.type === 'aws_db_parameter_group' && other.values.name === name);
  const parameters = blocks(group?.values ?? {}, 'parameter');
  return Object.fromEntries(parameters.map((parameter) => [String(parameter.name), String(parameter.value)]));
}

function masterSecret(resource: DeployedResource) {
  const managed = block(resource.values, 'master_user_secret');
  const arn = managed && optionalText(managed, 'secret_arn');
  if (arn) return { arn, kmsKeyId: optionalText(managed, 'kms_key_id') };
  throw new LakewrightError(
    'LOCAL_DATABASE_PASSWORD',
    `${resource.address} (stack ${resource.stack}) has no managed master password, and one in the state is never read`,
    { hint: 'set manageMasterUserPassword' },
  );
}

/** The master's name and password: from its secret, which gets a new password where it has none. */
async function masterAccount(resource: DeployedResource, { aws: { secrets } }: RunnerContext) {
  const { arn, kmsKeyId } = masterSecret(resource);
  const username = text(resource, 'username');
  const database = optionalText(resource.values, 'db_name');
  const known = await secretValue(secrets, arn);
  if (known) return { ...(JSON.parse(known) as { username: string; password: string }), username, database };
  const password = newPassword();
  if (!(await describeSecret(secrets, arn))) {
    const description = `The secret associated with the primary RDS DB instance ${text(resource, 'identifier')}`;
    await createSecret(secrets, { arn, description, kmsKeyId });
  }
  await putSecretValue(secrets, arn, JSON.stringify({ username, password }));
  return { username, password, database };
}

const PASSWORD_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';

function newPassword(): string {
  return Array.from({ length: 32 }, () => PASSWORD_LETTERS[randomInt(PASSWORD_LETTERS.length)]).join('');
}

function protectedError(address: string, identifier: string): LakewrightError {
  return new LakewrightError(
    'LOCAL_DATABASE_PROTECTED',
    `${address} has left the stacks, but its database ${identifier} holds data`,
    {
      hint: 'deploy it first without deletion_protection and with skip_final_snapshot, or bring the resource back; lakewright down --purge forgets everything',
    },
  );
}

/** There is nothing to make: the instance takes what it can. */
const parameterGroup: ResourceRunner = {
  limits: 'the parameters that the server here has too; lakewright up names the others with the reason',
  identity: (resource) => ({ name: text(resource, 'name') }),
  reconcile: async () => 'unchanged',
  remove: async () => {},
};

/** Databases. */
export const rdsRunner: Runner = {
  family: 'rds',
  resources: { aws_db_parameter_group: parameterGroup, aws_db_instance: instance },
};
