import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LakewrightError, projectRoot } from '@lakewright/config';
import type { IConstruct } from 'constructs';
import { LakewrightStack } from './lakewright-stack';

/** Where the pages lie, relative to the project. */
const RUNBOOKS = 'docs/runbooks';

/**
 * Where the person whom an alarm wakes reads on: the page in the repository that the environment is delivered from, as the branch
 * has it; the path in the checkout where nothing is delivered.
 *
 * @param name of a page in docs/runbooks, without `.md`
 * @throws LakewrightError CONSTRUCT_RUNBOOK when there is no such page
 */
export function runbookOf(scope: IConstruct, name: string): string {
  const path = `${RUNBOOKS}/${name}.md`;
  if (!existsSync(join(projectRoot(), path))) {
    throw new LakewrightError('CONSTRUCT_RUNBOOK', `runbook: there is no page ${path} (got "${name}")`, {
      hint: 'write it: what the alarm means, how to look, how to mend',
    });
  }
  const { delivery } = LakewrightStack.of(scope).environment;
  return delivery ? `https://github.com/${delivery.repository}/blob/${delivery.branch}/${path}` : path;
}
