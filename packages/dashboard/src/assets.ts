import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import type { FastifyInstance } from 'fastify';

const SCRIPT = 'text/javascript; charset=utf-8';

/** Everything a page loads. The libraries come as their packages ship them for browsers: nothing is built and nothing fetched. */
const ASSETS: readonly { readonly name: string; readonly file: string; readonly type: string }[] = [
  { name: 'dashboard.css', file: 'packages/dashboard/assets/dashboard.css', type: 'text/css; charset=utf-8' },
  { name: 'dashboard.js', file: 'packages/dashboard/assets/dashboard.js', type: SCRIPT },
  { name: 'refresh.js', file: 'packages/dashboard/assets/refresh.js', type: SCRIPT },
  { name: 'icon.svg', file: 'packages/dashboard/assets/icon.svg', type: 'image/svg+xml' },
  { name: 'vega.js', file: 'node_modules/vega/build/vega.min.js', type: SCRIPT },
  { name: 'vega-lite.js', file: 'node_modules/vega-lite/build/vega-lite.min.js', type: SCRIPT },
  { name: 'vega-embed.js', file: 'node_modules/vega-embed/build/vega-embed.min.js', type: SCRIPT },
];

/** Serves the assets below `/assets/`. No path of a request ever reaches the file system. */
export function registerAssets(server: FastifyInstance): void {
  for (const { name, file, type } of ASSETS) {
    server.get(`/assets/${name}`, async (_request, reply) => {
      const content = await readFile(join(projectRoot(), file));
      return reply.type(type).header('cache-control', 'private, max-age=60').send(content);
    });
  }
}
