import { z } from 'zod';
import { GlueFault } from './fault';
import { readSettings } from './settings';

/** Spark 3.5.6 with Hudi 1.0.2: what is installed here (docs: "Migrating AWS Glue for Spark jobs to AWS Glue version 5.1"). */
export const GLUE_VERSION = '5.1';

/** Special parameters that change what a job is, and cannot be had here (docs: "Using job parameters in AWS Glue jobs"). */
const REFUSED: Readonly<Record<string, string>> = {
  '--additional-python-modules': 'modules are not installed for a run: give them as --extra-py-files',
  '--python-modules-installer-option': 'modules are not installed for a run',
  '--extra-jars': 'the session is shared: no jar is added for one job',
  '--user-jars-first': 'the session is shared: no jar is added for one job',
  '--enable-glue-datacatalog': 'the session has no metastore: register tables by the API of the catalog',
};
const BOOKMARKS = '--job-bookmark-option';
const NO_BOOKMARK = 'job-bookmark-disable';
const FORMATS = '--datalake-formats';

const argumentMap = z
  .record(z.string(), z.string())
  .refine((given) => Object.keys(given).every((name) => name.startsWith('--')), 'names must begin with --');

const minutes = z.number().int().min(1);

const definition = z.object({
  Name: z.string().min(1).max(255),
  Role: z.string().min(1),
  GlueVersion: z.literal(GLUE_VERSION, { error: `must be ${GLUE_VERSION}: that is the Spark which is installed here` }),
  Command: z.object({
    Name: z.literal('glueetl', { error: 'must be glueetl: neither streaming nor Python shell jobs run here' }),
    ScriptLocation: z.string().regex(/^s3:\/\/[^/]+\/.+\.py$/, 'must be a Python file in S3'),
    PythonVersion: z.literal('3').default('3'),
  }),
  DefaultArguments: argumentMap.default({}),
  /** Hold whatever a run says. */
  NonOverridableArguments: argumentMap.default({}),
  /** Tried again after a failure. */
  MaxRetries: z.number().int().min(0).max(10).default(0),
  /** Minutes. */
  Timeout: minutes.default(480),
  ExecutionProperty: z.object({ MaxConcurrentRuns: z.number().int().min(1).default(1) }).default({ MaxConcurrentRuns: 1 }),
});

/** A job as `CreateJob` takes it, as far as it has an effect here; sizes of workers have none. */
export type JobDefinition = z.infer<typeof definition>;

/**
 * Reads the input of `CreateJob`.
 *
 * @throws GlueFault InvalidInputException naming every field that cannot be run here, and why
 */
export function readDefinition(input: unknown): JobDefinition {
  const parsed = definition.safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new GlueFault('InvalidInputException', problems.join('; '));
  }
  validateArguments({ ...parsed.data.DefaultArguments, ...parsed.data.NonOverridableArguments });
  return parsed.data;
}

/** What `StartJobRun` says about one run; sizes of workers have no effect. */
export interface RunRequest {
  readonly Arguments: Readonly<Record<string, string>>;
  readonly Timeout?: number;
}

/**
 * Reads the input of `StartJobRun`.
 *
 * @throws GlueFault InvalidInputException
 */
export function readRunRequest({ Arguments, Timeout, JobRunId }: Record<string, unknown>): RunRequest {
  if (JobRunId !== undefined)
    throw new GlueFault('InvalidInputException', 'JobRunId: a run is not tried again by hand here: start another');
  const timeout = minutes.optional().safeParse(Timeout);
  if (!timeout.success) throw new GlueFault('InvalidInputException', 'Timeout: must be a number of minutes from 1');
  return { Arguments: readArguments(Arguments), ...(timeout.data === undefined ? {} : { Timeout: timeout.data }) };
}

/** @throws GlueFault InvalidInputException for a special parameter that cannot be honoured */
function validateArguments(given: Readonly<Record<string, string>>): void {
  const problems = Object.entries(given).flatMap(([name, value]) => {
    if (REFUSED[name]) return [`${name}: ${REFUSED[name]}`];
    if (name === BOOKMARKS && value !== NO_BOOKMARK)
      return [`${name}: there are no bookmarks here: keep the state of a load with its table`];
    if (name === FORMATS && value !== 'hudi') return [`${name}: only hudi is installed (got ${value})`];
    return [];
  });
  if (problems.length > 0) throw new GlueFault('InvalidInputException', problems.join('; '));
  readSettings(given['--conf']);
}

/** @throws GlueFault InvalidInputException */
function readArguments(given: unknown): Record<string, string> {
  const parsed = argumentMap.safeParse(given ?? {});
  if (!parsed.success) throw new GlueFault('InvalidInputException', 'Arguments: must be texts by names that begin with --');
  validateArguments(parsed.data);
  return parsed.data;
}
