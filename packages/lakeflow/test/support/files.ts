import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes files below a folder: by relative path, a text, bytes, or values that become one JSON line each. */
export function putFiles(folder: string, files: Readonly<Record<string, string | Uint8Array | readonly object[]>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    const isList = Array.isArray(content);
    writeFileSync(
      path,
      isList ? content.map((value) => `${JSON.stringify(value)}\n`).join('') : (content as string | Uint8Array),
    );
  }
}
