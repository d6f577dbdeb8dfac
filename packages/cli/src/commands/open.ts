import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment, EXIT, LakewrightError } from '@lakewright/config';
import type { Command } from 'commander';

/** Milliseconds after which an opener that is still there counts as having opened: some stay for as long as the browser does. */
const OPENING_MS = 3_000;

/** `open`: the address of something that runs here, in the browser. */
export function addOpenCommand(program: Command): void {
  program
    .command('open')
    .description('Open the home page, a dashboard or the AWS endpoint in the browser, and print its address')
    .argument('[what]', 'home, aws, or the id of a dashboard such as active-listings', 'home')
    .option('--print', 'only print the address')
    .addHelpText('after', '\nExamples:\n  lakewright open active-listings\n  lakewright open aws --print')
    .action(async (what: string, options: { print?: boolean }) => {
      const address = await addressOf(what);
      process.stdout.write(`${address}\n`);
      if (!options.print) await openInBrowser(address);
    });
}

/** @throws LakewrightError CLI_NOTHING_TO_OPEN (exit 2) naming what there is; CLI_NOT_RUNNING */
async function addressOf(what: string): Promise<string> {
  const local = await import('@lakewright/local');
  const context = await local.openLocal();
  const { host } = context.environment.databricks;
  const dashboards = local.readDashboards(context.paths).map(({ id }) => id);
  const addresses = new Map([
    ['home', `${host}/`],
    ['aws', local.awsEndpoint(context).endpoint],
    ...dashboards.map((id) => [id, `${host}/dashboards/${id}`] as const),
  ]);
  const address = addresses.get(what);
  if (!address) {
    throw new LakewrightError('CLI_NOTHING_TO_OPEN', `there is nothing called "${what}" to open`, {
      hint: `there are: ${[...addresses.keys()].join(', ')}${dashboards.length === 0 ? ' (dashboards appear after lakewright up)' : ''}`,
      exitCode: EXIT.usage,
    });
  }
  if (await local.accepts(Number(new URL(address).port))) return address;
  throw new LakewrightError('CLI_NOT_RUNNING', `nothing answers at ${address}`, { hint: 'start the services: lakewright up' });
}

/** @throws LakewrightError CLI_NO_OPENER (exit 3); CLI_OPEN when the opener fails */
async function openInBrowser(address: string): Promise<void> {
  const name = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const { onPath } = await import('@lakewright/workflow');
  const opener = onPath([name]);
  if (!opener) {
    throw new LakewrightError('CLI_NO_OPENER', `there is no ${name} on PATH to open a browser with`, {
      hint: 'open the address above yourself (Debian, Ubuntu: apt-get install xdg-utils)',
      exitCode: EXIT.missing,
    });
  }
  const child = spawn(opener, [address], { detached: true, stdio: 'ignore', env: childEnvironment() });
  const ended = new Promise<number | null>((resolve, reject) => child.once('exit', resolve).once('error', reject));
  const code = await Promise.race([ended, sleep(OPENING_MS, 0, { ref: false })]);
  child.unref();
  if (code === 0) return;
  throw new LakewrightError('CLI_OPEN', `${name} could not open ${address} (exit ${code})`, {
    hint: 'it may find no browser: open the address yourself',
  });
}
