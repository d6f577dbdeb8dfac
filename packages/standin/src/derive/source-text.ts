import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LakewrightError } from '@lakewright/config';

const MARKER = 'sourceMappingURL=data:application/json;base64,';

/**
 * The TypeScript that a construct of a `@cdktf/provider-*` package was compiled from, taken out of the source maps that the
 * published JavaScript carries. A large construct is spread over `index.js` and `index-structs/*.js`: all of them, joined.
 *
 * @param folder `<package>/lib/<construct>`
 * @throws LakewrightError STANDIN_NO_SOURCE_MAP when a file carries no source map with its source
 */
export function constructSource(folder: string): string {
  const texts: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) texts.push(constructSource(path));
    else if (entry.name.endsWith('.js') && entry.name !== 'lazy-index.js') texts.push(typescriptOf(path));
  }
  return texts.join('\n');
}

function typescriptOf(file: string): string {
  const javascript = readFileSync(file, 'latin1');
  const start = javascript.lastIndexOf(MARKER);
  if (start >= 0) {
    const map = JSON.parse(Buffer.from(javascript.slice(start + MARKER.length).trim(), 'base64').toString('utf8')) as {
      sourcesContent?: string[];
    };
    if (map.sourcesContent?.[0] !== undefined) return map.sourcesContent[0];
  }
  throw new LakewrightError('STANDIN_NO_SOURCE_MAP', `${file} carries no source map with its TypeScript source`, {
    hint: 'the stand-in providers derive their schema from it: install the pinned version of the @cdktf/provider package',
  });
}
