import { type DashboardServer, type DashboardServerOptions, startDashboardServer } from '@lakewright/dashboard';
import type { Page } from 'playwright-core';
import { chromiumOnPath, faultsOf, HeadlessBrowser } from './browser';

const WIDE = { width: 1440, height: 1000 };
const NARROW = { width: 375, height: 800 };

/** The local page over what a suite gives it, in a browser; nothing is started where there is none. */
export class ServedPage {
  private browser: HeadlessBrowser | undefined;
  private server: DashboardServer | undefined;

  constructor(source: Pick<DashboardServerOptions, 'jobs' | 'machines'>) {
    beforeAll(async () => {
      const executable = chromiumOnPath();
      if (!executable) return;
      const nothing = { dashboards: async () => [], query: async () => ({ columns: [], rows: [] }) };
      this.server = await startDashboardServer({ port: 0, ...nothing, ...source });
      this.browser = await HeadlessBrowser.launch(executable);
    });
    afterAll(async () => {
      await this.browser?.close();
      await this.server?.stop();
    });
  }

  open(path: string, clock?: 'stopped clock'): Promise<{ readonly page: Page; readonly complaints: string[] }> {
    return this.browser!.open(`${this.server!.url}${path}`, { viewport: WIDE }, clock);
  }
}

/** Nothing covers anything, nothing is faint and nothing runs out of the page: wide and narrow, light and dark. */
export async function expectGoodLooks(page: Page): Promise<void> {
  for (const viewport of [WIDE, NARROW]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      const { overlapping, faint } = await faultsOf(page);
      expect({ overlapping, faint }).toEqual({ overlapping: [], faint: [] });
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    }
  }
}
