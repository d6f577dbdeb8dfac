import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { LakewrightError, type LocalPaths } from '@lakewright/config';
import { invoke } from '../aws/invoke';
import { functionName } from '../aws/names';
import type { DeployedResource } from '../deployment/deployment';
import { readInstance } from '../services/database/instance';
import { Registry } from '../workspace/registry';
import { engineOf } from './rds';
import type { ResourceRunner, Runner, RunnerContext } from './runner';
import { optionalText, text, textMap } from './values';

/** An invocation that went well. */
interface Invocation {
  /** Of everything that it was made with: another one is another invocation. No input can be told from it. */
  readonly digest: string;
}

const invocation: ResourceRunner = {
  limits: 'its result stays "pending: local data plane" in the state; lakewright logs shows what the function said',
  identity: (resource) => ({ stack: resource.stack, address: resource.address }),
  async reconcile(resource, context) {
    requireOnce(resource);
    const done = invocations(context.local.paths);
    const key = keyOf(resource.stack, resource.address);
    const digest = digestOf(resource, context);
    const known = done.get(key);
    if (known?.digest === digest) return 'unchanged';
    await invoke(context.local, functionName(text(resource, 'function_name')), JSON.parse(text(resource, 'input')));
    done.put(key, { digest });
    return known ? 'updated' : 'created';
  },
  async remove({ identity }, { local }) {
    invocations(local.paths).delete(keyOf(identity.stack!, identity.address!));
  },
};

function keyOf(stack: string, address: string): string {
  return `${stack} ${address}`;
}

function invocations(paths: Pick<LocalPaths, 'home'>): Registry<Invocation> {
  return new Registry(join(paths.home, 'invocations'));
}

/** Its function, input and triggers, and the databases that it depends on: one that was made anew needs it again. */
function digestOf(resource: DeployedResource, { local, deployment }: RunnerContext): string {
  const databases = deployment.resources
    .filter(
      ({ stack, address, type }) =>
        stack === resource.stack && resource.dependsOn.includes(address) && type === 'aws_db_instance',
    )
    .map((database) => readInstance(local, engineOf(database)!)?.id);
  const parts = [text(resource, 'function_name'), text(resource, 'input'), textMap(resource.values, 'triggers'), databases];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** The scope CRUD sends the function what the resource was before, and an invocation at its removal. */
function requireOnce(resource: DeployedResource): void {
  const scope = optionalText(resource.values, 'lifecycle_scope') ?? 'CREATE_ONLY';
  if (scope === 'CREATE_ONLY') return;
  throw new LakewrightError(
    'LOCAL_INVOCATION_SCOPE',
    `${resource.address} (stack ${resource.stack}): lifecycle_scope ${scope} does not run here`,
    {
      hint: 'CREATE_ONLY invokes the function when it is created, and when input or triggers change',
    },
  );
}

/** Functions that are invoked at deployment. */
export const invocationRunner: Runner = { family: 'lambda', resources: { aws_lambda_invocation: invocation } };
