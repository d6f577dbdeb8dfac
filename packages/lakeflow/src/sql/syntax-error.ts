import { LakewrightError, type SourceLocation } from '@lakewright/config';

/** The statement is not Lakeflow SQL. */
export function syntaxError(location: SourceLocation, message: string, hint?: string): LakewrightError {
  return new LakewrightError('LAKEFLOW_SYNTAX', message, { location, hint });
}

/** Lakeflow SQL that this runtime does not run (yet); `hint` is the way out. */
export function unsupported(location: SourceLocation, message: string, hint: string): LakewrightError {
  return new LakewrightError('LAKEFLOW_UNSUPPORTED', message, { location, hint });
}

/** The candidate that a misspelled word was meant to be: at most two letters off (one in short words). */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance > 0 && distance <= (wanted.length < 5 ? 1 : 2))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** Insertions, deletions, replacements and swaps of neighbours between two words. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? beforeLast[j - 2]! + 1 : 3;
      row.push(Math.min(replaced, last[j]! + 1, row[j - 1]! + 1, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
