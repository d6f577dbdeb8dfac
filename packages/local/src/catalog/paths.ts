import type { Action, Metastore } from '@lakewright/catalog';

/**
 * What it takes to read or write files by their path: the volume of `/Volumes/<catalog>/<schema>/<volume>/...`, or the external location
 * with the longest address above it. A path that lies in neither is asked of an external location of its own name, which nobody has.
 */
export function pathAction(metastore: Metastore, path: string, what: 'read' | 'write'): Action {
  if (path.split('/').includes('..')) return { do: what, location: path };
  const volume = /^(?:dbfs:)?\/Volumes\/([^/]+)\/([^/]+)\/([^/]+)(?:\/|$)/.exec(path);
  if (volume) return { do: what, volume: volume.slice(1, 4).join('.') };
  const address = folder(path);
  const around = metastore.all('external_location').filter(({ url }) => url !== undefined && address.startsWith(folder(url)));
  const nearest = around.sort((a, b) => b.url!.length - a.url!.length)[0];
  return { do: what, location: nearest?.name ?? path };
}

/** An address that ends in `/`, so that `s3://lake/a` is not above `s3://lake/ab`. */
function folder(address: string): string {
  return `${address.replace(/^s3[an]:/, 's3:').replace(/\/+$/, '')}/`;
}
