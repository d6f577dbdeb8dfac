/** Properties of Delta that say how a table is kept, and ask nothing of those who read or write it. */
const PLAIN: readonly string[] = [
  'delta.autooptimize.autocompact',
  'delta.autooptimize.optimizewrite',
  'delta.checkpointinterval',
  'delta.dataskippingnumindexedcols',
  'delta.dataskippingstatscolumns',
  'delta.deletedfileretentionduration',
  'delta.logretentionduration',
  'delta.randomizefileprefixes',
  'delta.settransactionretentionduration',
  'delta.targetfilesize',
  'delta.tunefilesizesforrewrites',
];

/**
 * The TBLPROPERTIES that a table's metadata carries, where any Delta reader finds them. Those of Delta that turn on a feature of the
 * protocol (`delta.enableDeletionVectors`, `delta.columnMapping.mode`, ...) stay out: the table would claim what its files are not.
 */
export function tableProperties(properties: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept = Object.entries(properties).filter(([name]) => {
    const lower = name.toLowerCase();
    return !lower.startsWith('delta.') || PLAIN.includes(lower);
  });
  return Object.fromEntries(kept);
}
