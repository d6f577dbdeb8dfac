import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupMembers, identify } from '@lakewright/process';
import type { ServiceStatus } from '../../src';

/** The files below a folder that hold one of the texts; folders that may hold them are left out. */
export function filesWith(folder: string, texts: readonly string[], without: readonly string[]): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (without.includes(path)) return [];
    if (entry.isDirectory()) return filesWith(path, texts, without);
    return entry.isFile() && holds(readFileSync(path), texts) ? [path] : [];
  });
}

/** Which processes of services hold one of the texts in their arguments or their environment (Linux). */
export function processesWith(services: readonly ServiceStatus[], texts: readonly string[]): string[] {
  const running = services.flatMap(({ pid }) => (pid === undefined ? [] : groupMembers(identify(pid)!)));
  const files = running.flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`]);
  return files.filter((file) => holds(readFileSync(file), texts));
}

function holds(content: Buffer, texts: readonly string[]): boolean {
  return texts.some((text) => content.includes(text));
}
