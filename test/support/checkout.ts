import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { type Ended, run } from './clone';

const ROOT = resolve(__dirname, '../..');

/**
 * A copy of this checkout in a temporary folder, to be changed at will. Installed packages are links to this checkout's; the
 * workspaces are the copy's own. Its local plane lies in the copy.
 */
export class Checkout {
  readonly root = mkdtempSync(join(tmpdir(), 'lakewright-checkout-'));

  constructor() {
    const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    for (const file of listed.split('\n')) {
      if (!file || !existsSync(join(ROOT, file))) continue;
      mkdirSync(dirname(join(this.root, file)), { recursive: true });
      cpSync(join(ROOT, file), join(this.root, file), { verbatimSymlinks: true });
    }
    this.linkPackages();
    symlinkSync(join(ROOT, '.venv'), join(this.root, '.venv'));
  }

  /** Runs one line of a shell in the copy, as a user would. */
  sh(line: string): Promise<Ended> {
    const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
    return run('sh', ['-c', line], { PATH: path, LAKEWRIGHT_HOME: '', LAKEWRIGHT_ENV: '', LAKEWRIGHT_ROOT: '' }, this.root);
  }

  async remove(): Promise<void> {
    await this.sh('npx lakewright down --purge');
    rmSync(this.root, { recursive: true, force: true });
  }

  private linkPackages(): void {
    const from = join(ROOT, 'node_modules');
    const to = join(this.root, 'node_modules');
    mkdirSync(to);
    for (const name of readdirSync(from)) {
      // Commands and workspaces are relative links, which lead into the copy when they are copied as they are.
      if (name === '.bin' || name === '@lakewright')
        cpSync(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
      else if (name === '.lakewright') cpSync(join(from, name), join(to, name));
      else if (name !== '.cache') symlinkSync(join(from, name), join(to, name));
    }
    for (const workspace of ['apps', ...readdirSync(join(ROOT, 'packages')).map((name) => join('packages', name))]) {
      const own = join(workspace, 'node_modules');
      if (existsSync(join(ROOT, own))) symlinkSync(join(ROOT, own), join(this.root, own));
    }
  }
}
