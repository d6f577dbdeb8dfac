import { z } from 'zod';
import { ENVIRONMENT_NAMES } from './environment';
import { LakewrightError } from './errors';
import { systemName } from './system-name';

/** The packages in `stacks/`; a system has a file in each unless its manifest says otherwise. */
export const STACK_KINDS = ['aws', 'databricks'] as const;
export type StackKind = (typeof STACK_KINDS)[number];

const replicationTask = z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be the identifier of a replication task');

const lambdaRun = z.strictObject({
  kind: z.literal('lambda'),
  /** Name of the Lambda function. */
  function: z.string().min(1, 'must name a Lambda function'),
  /** The payload when no option is given. */
  payload: z.record(z.string(), z.json()).default({}),
  /** A file in the system's folder that holds the payload, in place of `payload`. */
  payloadFile: z
    .string()
    .regex(/^(?:\w[\w-]*\/)*\w[\w-]*\.json$/, 'must be a JSON file in the folder of the system')
    .optional(),
  /** Top-level fields of the payload that the command line may set. */
  options: z.array(z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be a lower-case option name')).default([]),
  /** Field of the payload that takes the run's id; the payload has none when left out. */
  runIdField: z.string().regex(/^\w+$/, 'must be the name of a field').optional(),
  /** Wait until everything that the run set going through queues has been handled. */
  drain: z.boolean().default(false),
  /** Identifier of a replication task: wait until what the function has committed is replicated. */
  replication: replicationTask.optional(),
});

const pipelineRun = z.strictObject({
  kind: z.literal('pipeline'),
  /** Name of the pipeline. */
  pipeline: z.string().min(1, 'must name a pipeline'),
});

const redriveRun = z.strictObject({
  kind: z.literal('redrive'),
  /** Name of the Lambda function whose queues' dead letters come back. */
  function: z.string().min(1, 'must name a Lambda function'),
});

const jobRun = z.strictObject({
  kind: z.literal('job'),
  /** Name of the job. */
  job: z.string().min(1, 'must name a job'),
});

const glueJobRun = z.strictObject({
  kind: z.literal('glue_job'),
  /** Name of the Glue job; the command line may set its arguments. */
  job: z.string().regex(/^[\w-]+$/, 'must name a Glue job'),
});

const replicationRun = z.strictObject({
  kind: z.literal('replication'),
  /** Identifier of the replication task: started when it does not run, then waited for. */
  task: replicationTask,
});

const stateMachineRun = z.strictObject({
  kind: z.literal('state_machine'),
  /** Name of the state machine. */
  machine: z.string().regex(/^[\w-]+$/, 'must name a state machine'),
  /** The input of the execution. */
  input: z.record(z.string(), z.json()).default({}),
});

const schema = z
  .strictObject({
    /** The name of the folder. */
    name: systemName,
    /** Where it is deployed; in every environment when left out: which commit reaches which one is the branches' business. */
    environments: z
      .array(z.enum(ENVIRONMENT_NAMES))
      .min(1, 'must name an environment')
      .default([...ENVIRONMENT_NAMES]),
    /** The packages in `stacks/` that have a file of it; all of them when left out. */
    stacks: z.array(z.enum(STACK_KINDS)).default([...STACK_KINDS]),
    /** What it can be told to do: `lakewright run <system> <run>`. */
    runs: z
      .record(
        z.string().regex(/^[a-z][a-z0-9_-]*$/, 'must be a lower-case run name'),
        z.discriminatedUnion('kind', [lambdaRun, pipelineRun, redriveRun, jobRun, glueJobRun, replicationRun, stateMachineRun]),
      )
      .default({}),
    /** Runs of `lakewright up`, in order. */
    up: z.array(z.string()).default([]),
    /**
     * `schema.table` of the system's catalog whose one row says how far its tables reach: `latest_load_at` and `last_run_id`.
     * `lakewright status` holds it against the environment's objective.
     */
    freshness: z
      .string()
      .regex(/^\w+\.\w+$/, 'must be schema.table')
      .optional(),
  })
  .superRefine((value, context) => {
    if (!value.stacks.includes('aws')) {
      const message = 'must name "aws": a system\'s buckets lie there, those of its tables too';
      context.addIssue({ code: 'custom', path: ['stacks'], message, input: value.stacks });
    }
    for (const [index, run] of value.up.entries()) {
      if (Object.hasOwn(value.runs, run)) continue;
      context.addIssue({ code: 'custom', path: ['up', index], message: 'must name one of the runs', input: run });
    }
    for (const [name, run] of Object.entries(value.runs)) {
      if (run.kind !== 'lambda') continue;
      if (run.payloadFile !== undefined && Object.keys(run.payload).length > 0) {
        const message = 'must be left out beside payload';
        context.addIssue({ code: 'custom', path: ['runs', name, 'payloadFile'], message, input: run.payloadFile });
      }
      for (const [index, option] of run.options.entries()) {
        if (Object.hasOwn(run.payload, option)) continue;
        const path = ['runs', name, 'options', index];
        const message = 'must be a field of the payload, which holds its default';
        context.addIssue({ code: 'custom', path, message, input: option });
      }
    }
  });

/** One thing a system can be told to do. */
export type SystemRun =
  | z.infer<typeof lambdaRun>
  | z.infer<typeof pipelineRun>
  | z.infer<typeof redriveRun>
  | z.infer<typeof jobRun>
  | z.infer<typeof glueJobRun>
  | z.infer<typeof replicationRun>
  | z.infer<typeof stateMachineRun>;
/** `apps/<system>/system.json`: where a system is, what it can be told to do, and what `lakewright up` does. */
export type SystemManifest = z.infer<typeof schema>;

/**
 * Checks a manifest and fills in what it leaves out.
 *
 * @param system the name of its folder
 * @throws LakewrightError CONFIG_MANIFEST naming the file, and every wrong field with the rule and its value
 */
export function validateManifest(document: unknown, system: string): SystemManifest {
  const parsed = schema.safeParse(document, { reportInput: true });
  if (parsed.success && parsed.data.name === system) return parsed.data;
  const problems = parsed.success
    ? [`name: must be the name of the folder, "${system}" (got ${JSON.stringify(parsed.data.name)})`]
    : parsed.error.issues.map((issue) => {
        const value = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : (JSON.stringify(issue.input) ?? 'nothing');
        return `${issue.path.join('.') || '(the manifest)'}: ${issue.message} (got ${value})`;
      });
  throw new LakewrightError('CONFIG_MANIFEST', `apps/${system}/system.json is not valid:\n  ${problems.join('\n  ')}`, {
    hint: 'packages/config/README.md describes the manifest',
  });
}
