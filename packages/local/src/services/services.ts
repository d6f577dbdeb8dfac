import { existsSync, rmSync } from 'node:fs';
import { EXIT, LakewrightError } from '@lakewright/config';
import type { LocalContext } from '../context';
import { athenaService } from './athena/service';
import { mariaDbService } from './database/mariadb/service';
import { postgreSqlService } from './database/postgresql/service';
import { dmsService } from './dms/service';
import { glueService } from './glue/service';
import { instanceFile } from './instance';
import { ServiceManager, type ServiceStep } from './manager';
import { ministackService } from './ministack/service';
import { sailService } from './sail/service';
import { type EnsureResult, SERVICE_NAMES, type ServiceDefinition, type ServiceName, type ServiceStatus } from './service';
import { webService } from './web/service';

const DEFINITIONS: Readonly<Record<ServiceName, (context: LocalContext) => ServiceDefinition>> = {
  ministack: ministackService,
  sail: sailService,
  web: webService,
  mysql: mariaDbService,
  postgresql: postgreSqlService,
  dms: dmsService,
  glue: glueService,
  athena: athenaService,
};

/** There in every clone; the others are there from the making of a deployed resource to its removal. */
const FIXED: readonly ServiceName[] = ['ministack', 'sail', 'web'];

export interface ServiceOptions {
  /** @default all that this clone has: the fixed ones, and those of the resources that were made */
  readonly services?: readonly ServiceName[];
  readonly onStep?: ServiceStep;
}

function manager(context: LocalContext, services: readonly ServiceName[] = servicesOf(context)): ServiceManager {
  return new ServiceManager(
    context,
    services.map((name) => DEFINITIONS[name](context)),
  );
}

/** The services that a clone has now. */
export function servicesOf(context: Pick<LocalContext, 'paths'>): ServiceName[] {
  return SERVICE_NAMES.filter((name) => FIXED.includes(name) || existsSync(instanceFile(context, name)));
}

/**
 * Starts the services of a clone that are not running and starts those again that are dead or do not answer. They outlive this
 * process. Doing it again does nothing.
 *
 * @throws LakewrightError LOCAL_PORT_TAKEN, LOCAL_SERVICE_START, LOCAL_BUSY, LOCAL_EXPOSED
 */
export function ensureServices(context: LocalContext, options: ServiceOptions = {}): Promise<EnsureResult> {
  return manager(context, options.services).ensure(options.onStep);
}

/** Stops the services with everything they started. @returns the names of those that were running */
export function stopServices(context: LocalContext, options: ServiceOptions = {}): Promise<string[]> {
  return manager(context, options.services).stop(options.onStep);
}

/** How services stand. @param services all that this clone has when left out */
export function serviceStatus(context: LocalContext, services?: readonly ServiceName[]): Promise<ServiceStatus[]> {
  return manager(context, services).status();
}

/**
 * The end of a service's log.
 *
 * @throws LakewrightError LOCAL_UNKNOWN_SERVICE (exit 2)
 */
export function serviceLog(context: LocalContext, service: string, options: { readonly lines?: number } = {}): string {
  const name = SERVICE_NAMES.find((candidate) => candidate === service);
  if (!name) {
    throw new LakewrightError('LOCAL_UNKNOWN_SERVICE', `there is no service "${service}"`, {
      hint: `the services are: ${SERVICE_NAMES.join(', ')}`,
      exitCode: EXIT.usage,
    });
  }
  const tail = manager(context).logTail({ name }, options.lines ?? 100);
  return tail === '' ? '' : `${tail}\n`;
}

/** Forgets everything below the home folder of a clone whose services are stopped: data, ports, what was deployed. */
export function forget(context: LocalContext): void {
  rmSync(context.paths.home, { recursive: true, force: true });
}
