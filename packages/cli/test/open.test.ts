import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captured } from './support';

let folder: string;
let web: Server;
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lakewright-open-'));
  web = createServer();
  port = await new Promise((resolve) => {
    web.listen(0, '127.0.0.1', () => resolve((web.address() as { port: number }).port));
  });
});
afterAll(async () => {
  await new Promise((resolve) => web.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** The home of a clone whose dashboards answer at `port`. */
function runningHome(name: string): string {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'ports.json'), JSON.stringify({ aws: 1025, engine: 1026, web: port }));
  return home;
}

/** A folder for PATH with an opener that writes down what it is asked to open, and ends as it is told. */
function pathWithOpener(code: number): { readonly PATH: string; readonly opened: () => string } {
  const bin = mkdtempSync(join(folder, 'bin-'));
  for (const name of ['xdg-open', 'open']) {
    writeFileSync(
      join(bin, name),
      `#!${process.execPath}\nrequire('fs').writeFileSync(${JSON.stringify(join(bin, 'opened'))}, process.argv[2]); process.exit(${code})\n`,
      {
        mode: 0o755,
      },
    );
  }
  return { PATH: bin, opened: () => (existsSync(join(bin, 'opened')) ? readFileSync(join(bin, 'opened'), 'utf8') : '') };
}

test('open prints the address and opens it', async () => {
  const opener = pathWithOpener(0);
  const home = runningHome('opening');
  const address = `http://127.0.0.1:${port}/`;
  const printed = await captured(['open', '--print'], { LAKEWRIGHT_HOME: home, PATH: opener.PATH });
  expect([printed, opener.opened()]).toEqual([{ code: 0, stdout: `${address}\n`, stderr: '' }, '']);
  expect(await captured(['open'], { LAKEWRIGHT_HOME: home, PATH: opener.PATH })).toEqual({
    code: 0,
    stdout: `${address}\n`,
    stderr: '',
  });
  expect(opener.opened()).toBe(address);
});

test.each([
  ['there is no opener', ['open'], () => join(folder, 'nothing'), 3, 'CLI_NO_OPENER'],
  ['the opener fails', ['open'], () => pathWithOpener(4).PATH, 1, 'CLI_OPEN'],
  ['nothing answers there', ['open', 'aws'], () => pathWithOpener(0).PATH, 1, 'CLI_NOT_RUNNING'],
  ['there is nothing of that name', ['open', 'the-door'], () => pathWithOpener(0).PATH, 2, 'CLI_NOTHING_TO_OPEN'],
] as const)('open when %s', async (_case, args, path, code, error) => {
  const ended = await captured(args, { LAKEWRIGHT_HOME: runningHome('closed'), PATH: path() });
  expect(ended).toMatchObject({ code, stderr: expect.stringMatching(new RegExp(`^${error}: .*\\n {2}hint: `)) });
});
