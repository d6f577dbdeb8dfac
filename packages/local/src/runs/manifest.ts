import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT_NAMES, EXIT, LakewrightError, systemNames } from '@lakewright/config';
import { z } from 'zod';

const payload = z.record(z.string(), z.json());

const lambdaRun = z.strictObject({
  kind: z.literal('lambda'),
  /** Name of the Lambda function. */
  function: z.string().min(1, 'must name a Lambda function'),
  /** The payload when no option is given. */
  payload: payload.default({}),
  /** Top-level fields of the payload that the command line may set. */
  options: z.array(z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be a lower-case option name')).default([]),
  /** Field of the payload that takes the run's id; the payload has none when left out. */
  runIdField: z.string().regex(/^\w+$/, 'must be the name of a field').optional(),
  /** Wait until everything that the run set going through queues has been handled. */
  drain: z.boolean().default(false),
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

const manifest = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be a lower-case system name'),
    runs: z.record(
      z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be a lower-case run name'),
      z.discriminatedUnion('kind', [lambdaRun, pipelineRun, redriveRun]),
    ),
    /** Where it is deployed; in every environment when left out. @lakewright/config reads it. */
    environments: z.array(z.enum(ENVIRONMENT_NAMES)).min(1).optional(),
    /** Runs of `lakewright up`, in order. */
    up: z.array(z.string()),
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
    for (const [index, run] of value.up.entries()) {
      if (!(run in value.runs)) {
        context.addIssue({ code: 'custom', path: ['up', index], message: 'must name one of the runs', input: run });
      }
    }
    for (const [name, run] of Object.entries(value.runs)) {
      if (run.kind !== 'lambda') continue;
      for (const [index, option] of run.options.entries()) {
        if (!(option in run.payload)) {
          const path = ['runs', name, 'options', index];
          context.addIssue({
            code: 'custom',
            path,
            message: 'must be a field of the payload, which holds its default',
            input: option,
          });
        }
      }
    }
  });

/** One thing a system can be told to do. */
export type SystemRun = z.infer<typeof lambdaRun> | z.infer<typeof pipelineRun> | z.infer<typeof redriveRun>;
/** `apps/<system>/system.json`: what a system can be told to do, and what `lakewright up` does. */
export type SystemManifest = z.infer<typeof manifest>;

/**
 * Reads and checks the manifest of one system.
 *
 * @throws LakewrightError LOCAL_UNKNOWN_SYSTEM (exit 2), LOCAL_MANIFEST naming every wrong field, its value and the rule
 */
export function readManifest(root: string, system: string): SystemManifest {
  const file = join(root, 'apps', system, 'system.json');
  if (!existsSync(file)) {
    throw new LakewrightError('LOCAL_UNKNOWN_SYSTEM', `there is no system "${system}" (apps/${system}/system.json)`, {
      hint: `the systems are: ${systemNames(root).join(', ')}`,
      exitCode: EXIT.usage,
    });
  }
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new LakewrightError('LOCAL_MANIFEST', `apps/${system}/system.json is not JSON: ${(cause as Error).message}`, { cause });
  }
  return validateManifest(document, system);
}

/** @throws LakewrightError LOCAL_MANIFEST */
export function validateManifest(document: unknown, system: string): SystemManifest {
  const parsed = manifest.safeParse(document, { reportInput: true });
  const problems = parsed.success
    ? parsed.data.name === system
      ? []
      : [`name: must be the name of the folder, "${system}" (got ${JSON.stringify(parsed.data.name)})`]
    : parsed.error.issues.map((issue) => {
        const value = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : (JSON.stringify(issue.input) ?? 'nothing');
        return `${issue.path.join('.') || '(the manifest)'}: ${issue.message} (got ${value})`;
      });
  if (problems.length === 0) return parsed.data as SystemManifest;
  throw new LakewrightError('LOCAL_MANIFEST', `apps/${system}/system.json is not valid:\n  ${problems.join('\n  ')}`, {
    hint: 'packages/local/README.md describes the manifest',
  });
}

/** @throws LakewrightError LOCAL_UNKNOWN_RUN (exit 2) */
export function findRun(system: SystemManifest, name: string): SystemRun {
  const run = system.runs[name];
  if (run) return run;
  throw new LakewrightError('LOCAL_UNKNOWN_RUN', `system ${system.name} has no run "${name}"`, {
    hint: `its runs are: ${Object.keys(system.runs).join(', ')}`,
    exitCode: EXIT.usage,
  });
}
