import type { Deployment } from '../deployment/deployment';
import { alertRunner } from './alert';
import { athenaRunner } from './athena';
import { catalogRunner } from './catalog';
import { cloudwatchRunner } from './cloudwatch';
import { dashboardRunner } from './dashboard';
import { dmsRunner } from './dms';
import { glueRunner } from './glue';
import { glueCatalogRunner } from './glue-catalog';
import { governed } from './governed';
import { grantsRunner } from './grants';
import { iamRunner } from './iam';
import { invocationRunner } from './invocation';
import { jobRunner } from './job';
import { kmsRunner } from './kms';
import { lambdaRunner } from './lambda';
import { logsRunner } from './logs';
import { entryFor, REFUSED, STATE_ONLY } from './not-run';
import { pipelineRunner } from './pipeline';
import { rdsRunner } from './rds';
import type { ResourceRunner, Runner, Support } from './runner';
import { s3Runner } from './s3';
import { scheduleRunner } from './schedule';
import { secretsRunner } from './secrets';
import { snsRunner } from './sns';
import { sqsRunner } from './sqs';
import { statesRunner } from './states';
import { storageRunner } from './storage';
import { workspaceRunner } from './workspace';

/** In the order in which families are made where Terraform's own dependencies leave it open. */
const RUNNERS: readonly Runner[] = [
  kmsRunner,
  iamRunner,
  logsRunner,
  sqsRunner,
  snsRunner,
  s3Runner,
  secretsRunner,
  rdsRunner,
  glueCatalogRunner,
  athenaRunner,
  lambdaRunner,
  cloudwatchRunner,
  workspaceRunner,
  storageRunner,
  catalogRunner,
  grantsRunner,
  pipelineRunner,
  jobRunner,
  dashboardRunner,
  alertRunner,
  dmsRunner,
  invocationRunner,
  glueRunner,
  statesRunner,
  scheduleRunner,
];

const BY_TYPE = new Map(
  RUNNERS.flatMap((runner) =>
    Object.entries(runner.resources).map(([type, resource]) => [type, { runner, resource: governed(type, resource) }] as const),
  ),
);
const RANKS = new Map([...BY_TYPE.keys()].map((type, rank) => [type, rank]));

/** The runner of a Terraform type; undefined for what is state only or refused. */
export function runnerOf(type: string): ResourceRunner | undefined {
  return BY_TYPE.get(type)?.resource;
}

/** The place of a type in the order of making; types without a runner come last. */
export function rankOf(type: string): number {
  return RANKS.get(type) ?? RANKS.size;
}

/** How far one type is supported here. */
export function supportOfType(type: string): Support {
  const known = BY_TYPE.get(type);
  if (known) {
    const { limits } = known.resource;
    return { type, mode: 'runs locally', family: known.runner.family, ...(limits ? { limits } : {}) };
  }
  // A type of its own name in the list is stronger than a pattern that refuses its family.
  const refused = STATE_ONLY[type] === undefined && entryFor(REFUSED, type);
  if (refused) return { type, mode: 'refused', reason: refused };
  return { type, mode: 'state only', reason: entryFor(STATE_ONLY, type) ?? 'there is no runner for it: nothing of it runs' };
}

/** Every type that Lakewright has something to say about, sorted; any other is state only. `*` stands for any ending. */
export function support(): Support[] {
  const types = [...BY_TYPE.keys(), ...Object.keys(STATE_ONLY), ...Object.keys(REFUSED)];
  return types.sort().map(supportOfType);
}

/** The same for the types that are deployed. */
export function supportOf(deployment: Deployment): Support[] {
  return [...new Set(deployment.resources.map(({ type }) => type))].sort().map(supportOfType);
}
