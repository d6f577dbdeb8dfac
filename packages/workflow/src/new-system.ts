import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { EXIT, LakewrightError, requireSystemName } from '@lakewright/config';

/** The folder that `lakewright new` copies. */
export const TEMPLATE = 'apps/_template';

/**
 * Makes a system from the template: its folder in `apps/` and its file in each stack package; nothing else has to change.
 *
 * @returns the files written, relative to the root
 * @throws LakewrightError CONFIG_SYSTEM_NAME, CLI_SYSTEM_EXISTS (exit 2); nothing is written then
 */
export function newSystem(root: string, name: string): string[] {
  requireSystemName(name, `apps/${name}`, EXIT.usage);
  const files = templateFiles(root).map((file) => ({ from: join(root, TEMPLATE, file), to: destination(file, name) }));
  const targets = [`apps/${name}`, ...files.map(({ to }) => to)];
  const taken = targets.find((path) => existsSync(join(root, path)));
  if (taken) {
    throw new LakewrightError('CLI_SYSTEM_EXISTS', `there is a ${taken} already`, {
      hint: 'choose another name; nothing was written',
      exitCode: EXIT.usage,
    });
  }
  for (const { from, to } of files) {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    writeFileSync(join(root, to), named(readFileSync(from, 'utf8'), name));
  }
  return files.map(({ to }) => to).sort();
}

/** The files of the template, relative to it, in order. */
function templateFiles(root: string): string[] {
  const folder = join(root, TEMPLATE);
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** `stacks/aws.ts` of the template is the system's file in the package of that stack; the rest is its folder. */
function destination(file: string, name: string): string {
  const stack = /^stacks\/(\w+)\.ts$/.exec(file)?.[1];
  return stack ? `stacks/${stack}/src/systems/${name}.ts` : `apps/${name}/${named(file, name)}`;
}

/** The template's own name, in each way it is written, becomes the system's. */
function named(text: string, name: string): string {
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  return text.replaceAll('newsystem', name).replaceAll('NewSystem', title).replaceAll('New system', title);
}
