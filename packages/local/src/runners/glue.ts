import { rmSync } from 'node:fs';
import {
  CreateJobCommand,
  DeleteJobCommand,
  GetJobCommand,
  GetJobsCommand,
  type JobUpdate,
  UpdateJobCommand,
} from '@aws-sdk/client-glue';
import { found } from '../aws/found';
import type { DeployedResource } from '../deployment/deployment';
import { readInstanceFile, serviceFolder, writeInstanceFile } from '../services/instance';
import { ensureServices, stopServices } from '../services/services';
import { requireGlueSpark } from '../services/spark';
import { mend } from './mend';
import type { ResourceRunner, Runner } from './runner';
import { block, optionalNumber, optionalText, text, textMap } from './values';

const job: ResourceRunner = {
  limits:
    'on one Spark of this machine for all jobs: types and number of workers, metrics, bookmarks, role and security configuration have no effect; of --conf only spark.sql settings of a session',
  identity: (resource) => ({ name: text(resource, 'name') }),
  async reconcile(resource, { aws: { glue }, local }) {
    if (!readInstanceFile(local, 'glue')) {
      // First: a service of this clone that cannot start would stop every later command.
      await requireGlueSpark(local.root);
      writeInstanceFile(local, 'glue', {});
    }
    await ensureServices(local, { services: ['glue'] });
    const name = text(resource, 'name');
    const wanted = settings(resource);
    const actual = (await found(glue.send(new GetJobCommand({ JobName: name }))))?.Job;
    return mend(actual, wanted, () =>
      actual
        ? glue.send(new UpdateJobCommand({ JobName: name, JobUpdate: wanted }))
        : glue.send(new CreateJobCommand({ Name: name, Role: wanted.Role!, Command: wanted.Command!, ...wanted })),
    );
  },
  async remove({ identity }, { aws: { glue }, local }) {
    if (!readInstanceFile(local, 'glue')) return;
    await ensureServices(local, { services: ['glue'] });
    await glue.send(new DeleteJobCommand({ JobName: identity.name! }));
    if ((await glue.send(new GetJobsCommand({}))).Jobs?.length) return;
    await stopServices(local, { services: ['glue'] });
    rmSync(serviceFolder(local, 'glue'), { recursive: true });
  },
};

function settings(resource: DeployedResource): JobUpdate {
  const { values } = resource;
  const command = block(values, 'command') ?? {};
  return {
    Role: text(resource, 'role_arn'),
    GlueVersion: optionalText(values, 'glue_version'),
    Command: {
      Name: optionalText(command, 'name') ?? 'glueetl',
      ScriptLocation: optionalText(command, 'script_location'),
      PythonVersion: optionalText(command, 'python_version'),
    },
    DefaultArguments: textMap(values, 'default_arguments'),
    NonOverridableArguments: textMap(values, 'non_overridable_arguments'),
    MaxRetries: optionalNumber(values, 'max_retries') ?? 0,
    Timeout: optionalNumber(values, 'timeout') ?? 480,
    ExecutionProperty: {
      MaxConcurrentRuns: optionalNumber(block(values, 'execution_property') ?? {}, 'max_concurrent_runs') ?? 1,
    },
  };
}

/** Jobs by our own Glue; the catalog is ministack's. */
export const glueRunner: Runner = { family: 'Glue jobs', resources: { aws_glue_job: job } };
