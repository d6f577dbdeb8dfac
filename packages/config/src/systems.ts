import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ENVIRONMENT_NAMES, type EnvironmentName } from './environment';
import { LakewrightError } from './errors';
import { projectRoot } from './project';

/** The rest of a manifest says what can be run: packages/local reads it. */
const placement = z.looseObject({ environments: z.array(z.enum(ENVIRONMENT_NAMES)).min(1).optional() });

/** Every system of the checkout, sorted: the folders of `apps/` with a `system.json`. `_template` is none, as `_` begins its name. */
export function systemNames(root: string = projectRoot()): string[] {
  const apps = join(root, 'apps');
  if (!existsSync(apps)) return [];
  return readdirSync(apps)
    .filter((name) => !name.startsWith('_') && existsSync(join(apps, name, 'system.json')))
    .sort();
}

/**
 * The systems that an environment has. A system is everywhere unless its `system.json` names its `environments`: which commit
 * reaches which environment is the branches' business.
 *
 * @throws LakewrightError CONFIG_SYSTEM naming the manifest and the field
 */
export function systemsOf(environment: EnvironmentName, root: string = projectRoot()): string[] {
  return systemNames(root).filter((name) => {
    const { environments } = readPlacement(root, name);
    return environments === undefined || environments.includes(environment);
  });
}

function readPlacement(root: string, name: string): z.infer<typeof placement> {
  const file = `apps/${name}/system.json`;
  try {
    return placement.parse(JSON.parse(readFileSync(join(root, file), 'utf8')));
  } catch (cause) {
    const why =
      cause instanceof z.ZodError ? cause.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') : cause;
    throw new LakewrightError('CONFIG_SYSTEM', `${file} cannot be read: ${why instanceof Error ? why.message : why}`, {
      hint: `"environments" lists some of ${ENVIRONMENT_NAMES.join(', ')}; left out, the system is in all of them`,
      cause,
    });
  }
}
