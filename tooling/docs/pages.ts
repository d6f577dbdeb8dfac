import { commandsPage } from './commands';
import { constructsPage } from './constructs';
import { environmentsPage } from './environments';
import { lakeflowPage } from './lakeflow';
import { noticesPage } from './notices';
import { sqlPage } from './sql';
import { supportPage } from './support';

/** Every generated page, by its path in the checkout; a test compares them with what is committed. */
export async function generatedPages(root: string): Promise<Record<string, string>> {
  return {
    'docs/reference/commands.md': commandsPage(),
    'docs/reference/constructs.md': constructsPage(root),
    'docs/reference/environments.md': environmentsPage(root),
    'docs/reference/lakeflow.md': lakeflowPage(root),
    'docs/reference/sql.md': sqlPage(),
    'docs/reference/support.md': supportPage(),
    'THIRD_PARTY_NOTICES.md': noticesPage(root),
  };
}
