import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import { z } from 'zod';
import { LakewrightError } from './errors';
import { localPaths, projectRoot } from './project';
import { requireStorage } from './storage';

/**
 * TCP ports of this clone, each on 127.0.0.1: the AWS API, the SQL engine, the web page (and workspace address), the databases of
 * `aws_db_instance` by engine, and the APIs of DMS, of Glue's jobs and of Athena.
 */
const SERVICES = ['aws', 'engine', 'web', 'mysql', 'postgresql', 'dms', 'glue', 'athena'] as const;
export type LocalPorts = Readonly<Record<(typeof SERVICES)[number], number>>;

const port = z.number().int().min(1024).max(65535);
const schema = z.partialRecord(z.enum(SERVICES), port);

/**
 * This clone's ports: allocated once, before the first apply, because endpoints in the Terraform state carry them.
 * Two clones get different ports; a clone keeps its own until its home is purged. A service that a clone's file does not know yet
 * gets its port now.
 *
 * @throws LakewrightError LOCAL_READ_ONLY, LOCAL_DISK_FULL; CONFIG_PORTS when the file of ports is damaged
 */
export async function allocatePorts(root: string = projectRoot()): Promise<LocalPorts> {
  const file = localPaths(root).ports;
  const known = existsSync(file) ? readPorts(file) : {};
  const missing = SERVICES.filter((service) => known[service] === undefined);
  if (missing.length === 0) return known as LocalPorts;
  requireStorage(dirname(file));
  const free = await freePorts(missing.length);
  const ports = { ...known, ...Object.fromEntries(missing.map((service, index) => [service, free[index]])) };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(ports)}\n`);
  renameSync(draft, file);
  return readPorts(file) as LocalPorts;
}

function readPorts(file: string): Partial<LocalPorts> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new LakewrightError('CONFIG_PORTS', `the file of this clone's ports is damaged: ${file}`, {
      hint: 'remove it, then lakewright up: it chooses other ports and deploys them',
      cause,
    });
  }
}

/** Below what Linux (32768), macOS and Windows (49152) give to outgoing connections: a port that waits for its service is not lost to one. */
const LOWEST = 10_240;
const HIGHEST = 32_767;

/** `count` different ports of 127.0.0.1 that were free a moment ago: all are held open together, then let go. */
export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  while (held.size < count) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    const server = held.has(port) ? undefined : await hold(port);
    if (server) held.set(port, server);
  }
  await Promise.all([...held.values()].map((server) => new Promise((resolve) => server.close(resolve))));
  return [...held.keys()];
}

/** Listens on a port; undefined when it is taken. */
function hold(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      ['EADDRINUSE', 'EACCES'].includes(error.code ?? '') ? resolve(undefined) : reject(error),
    );
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve(server));
  });
}
