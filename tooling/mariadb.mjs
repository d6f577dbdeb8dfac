// MariaDB for Linux x64 in .tools, from Maven by the checksum in mariadb.json: where a machine has none of its own, downloaded when first
// needed (149 MB). Prints its folder.
// node tooling/mariadb.mjs
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadArtefact } from './maven.mjs';
import { toolsFolder } from './terraform.mjs';
import { entries } from './zip.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const pinned = JSON.parse(readFileSync(join(root, 'tooling/mariadb.json'), 'utf8'));

try {
  process.stdout.write(`${await prepare()}\n`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

async function prepare() {
  const folder = join(toolsFolder(), 'mariadb', pinned.version);
  if (existsSync(folder)) return folder;
  process.stderr.write(`set-up: downloading MariaDB ${pinned.version} (149 MB, once)\n`);
  const archive = await downloadArtefact(pinned.artefact, pinned.sha256);
  const draft = `${folder}.${process.pid}`;
  const needed = (name) => name === `${pinned.folder}bin/mariadbd` || name.startsWith(`${pinned.folder}share/`);
  for (const { name, mode, content } of entries(archive, needed)) {
    const file = join(draft, name.slice(pinned.folder.length));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
  }
  // Another process may have been faster.
  if (existsSync(folder)) rmSync(draft, { recursive: true });
  else renameSync(draft, folder);
  return folder;
}
