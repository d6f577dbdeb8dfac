import { chosenBackend } from './backend';
import { ENVIRONMENT_NAMES, type Environment, type EnvironmentName, validateEnvironment } from './environment';
import { dev, prod, staging } from './environments/cloud';
import { local } from './environments/local';
import { EXIT, LakewrightError } from './errors';
import { allocatePorts, type LocalPorts } from './ports';
import { processEnvironment } from './process-environment';
import { systemsOf } from './systems';

export interface LoadOptions {
  /** @default LAKEWRIGHT_ENV, else local */
  readonly name?: string;
  /** Stand-in providers and a scratch local state in place of a cloud environment's own. @default LAKEWRIGHT_OFFLINE */
  readonly offline?: boolean;
  /** @default LAKEWRIGHT_SYSTEMS, else every system of the environment */
  readonly systems?: readonly string[];
  /** Ports of the services of `local`; no other environment has any. @default those allocated to this clone */
  readonly ports?: LocalPorts;
}

/**
 * The environment to work on, validated.
 *
 * @throws LakewrightError CONFIG_UNKNOWN_ENVIRONMENT, CONFIG_UNKNOWN_SYSTEM, CONFIG_BACKEND (usage), CONFIG_INVALID
 */
export async function loadEnvironment(options: LoadOptions = {}): Promise<Environment> {
  const given = processEnvironment();
  const name = environmentName(options.name ?? given.environment ?? 'local');
  const settings = name === 'local' ? local(options.ports ?? (await allocatePorts())) : { dev, staging, prod }[name];
  const full = { ...settings, systems: systemsOf(name) };
  const offline = options.offline ?? given.offline;
  const environment = validateEnvironment(
    offline
      ? { ...full, providers: 'standin', backend: { type: 'local' } }
      : { ...full, backend: given.backend === undefined ? full.backend : chosenBackend(given.backend, full) },
  );
  const systems = options.systems ?? given.systems?.split(',').map((system) => system.trim());
  if (!systems) return environment;
  for (const system of systems) {
    if (!environment.systems.includes(system)) {
      throw new LakewrightError('CONFIG_UNKNOWN_SYSTEM', `environment ${name} has no system "${system}"`, {
        hint: `it has: ${environment.systems.join(', ')}`,
        exitCode: EXIT.usage,
      });
    }
  }
  return { ...environment, systems: [...systems] };
}

function environmentName(name: string): EnvironmentName {
  const known = ENVIRONMENT_NAMES.find((candidate) => candidate === name);
  if (known) return known;
  throw new LakewrightError('CONFIG_UNKNOWN_ENVIRONMENT', `there is no environment "${name}"`, {
    hint: `LAKEWRIGHT_ENV and --env take one of: ${ENVIRONMENT_NAMES.join(', ')}`,
    exitCode: EXIT.usage,
  });
}
