import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'google-chrome', 'chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The first Chromium on PATH; undefined when there is none. */
export function chromiumOnPath(path = process.env.PATH ?? ''): string | undefined {
  const candidates = NAMES.flatMap((name) => path.split(delimiter).map((folder) => join(folder, name)));
  return candidates.find((candidate) => existsSync(candidate));
}

/** A test in a browser; where this machine has none it is skipped with the reason. */
export function inBrowser(name: string, action: () => Promise<void>): void {
  if (chromiumOnPath()) test(name, action);
  else test.skip(`${name} (needs a browser: none of chromium, google-chrome, chrome is on PATH)`, action);
}

/** What the eye would complain about; see page-probe.js. All lists of texts, empty when all is well. */
export interface PageFaults {
  readonly sideways: readonly string[];
  readonly clipped: readonly string[];
  readonly overlapping: readonly string[];
  readonly faint: readonly string[];
}

export const NO_FAULTS: PageFaults = { sideways: [], clipped: [], overlapping: [], faint: [] };

const PROBE = readFileSync(join(__dirname, 'page-probe.js'), 'utf8');

/** A headless browser for one test file, whose profile and home lie in a temporary folder. */
export class HeadlessBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly folder: string,
  ) {}

  static async launch(executablePath: string): Promise<HeadlessBrowser> {
    const folder = mkdtempSync(join(tmpdir(), 'lakewright-browser-'));
    mkdirSync(join(folder, 'tmp'));
    const browser = await chromium.launch({
      executablePath,
      args: FLAGS,
      // Playwright keeps the profile in the folder for temporary files; everything else that Chromium writes goes home.
      env: { PATH: process.env.PATH ?? '', HOME: folder, TMPDIR: join(folder, 'tmp') },
    });
    return new HeadlessBrowser(browser, resolve(folder));
  }

  /**
   * Opens an address in a fresh context, in place of the last one, and waits until every chart is drawn. What the page's scripts complain
   * about is collected. With a stopped clock the page's timers run only when the test moves the clock on.
   */
  async open(
    url: string,
    options: BrowserContextOptions,
    clock: 'running clock' | 'stopped clock' = 'running clock',
  ): Promise<{ readonly page: Page; readonly complaints: string[] }> {
    for (const context of this.browser.contexts()) await context.close();
    const page = await (await this.browser.newContext(options)).newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    if (clock === 'stopped clock') await page.clock.install();
    await page.goto(url);
    await drawn(page);
    return { page, complaints };
  }

  async close(): Promise<void> {
    await this.browser.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits until each chart of the page shows a drawing and none is being drawn. By selectors: the page's policy forbids evaluated texts. */
export async function drawn(page: Page): Promise<void> {
  for (const unfinished of ['[data-chart]:not(:has(> .canvas.shown svg))', '[data-chart] > .canvas + .canvas']) {
    await page.locator(unfinished).first().waitFor({ state: 'detached' });
  }
}

/** Does what makes the page draw its charts anew, and waits until it has. */
export async function redrawn(page: Page, action: () => Promise<void>): Promise<void> {
  await page.evaluate("for (const canvas of document.querySelectorAll('.canvas')) canvas.dataset.before = ''");
  await action();
  await page.locator('[data-before]').first().waitFor({ state: 'detached' });
  await drawn(page);
}

export function faultsOf(page: Page): Promise<PageFaults> {
  return page.evaluate(PROBE);
}
