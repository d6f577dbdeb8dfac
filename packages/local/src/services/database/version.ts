/** Versions compare by their numbers: 10.6 is older than 10.11. */
export function atLeast(version: string, wanted: string): boolean {
  const [have, need] = [version, wanted].map((text) => text.split('.').map(Number));
  for (const [index, number] of need!.entries()) {
    const own = have![index] ?? 0;
    if (own !== number) return own > number;
  }
  return true;
}
