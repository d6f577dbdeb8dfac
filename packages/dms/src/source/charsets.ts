/** Collations of latin1, which MySQL takes for Windows-1252. */
const LATIN1: ReadonlySet<number> = new Set([5, 8, 15, 31, 47, 48, 49, 94]);

/**
 * How the text of a collation becomes UTF-8: undefined where it already is, null where it is not read.
 *
 * Source: `information_schema.COLLATIONS` of MariaDB 10.11 and MySQL 8.0. MariaDB numbers the NO PAD ones 1024 upwards from their
 * models, and those of Unicode 14 from 2048 (utf8mb3) and 2304 (utf8mb4).
 */
export function decodeText(collation: number): ((bytes: Buffer) => string) | undefined | null {
  const id = collation >= 1024 && collation < 2048 ? collation - 1024 : collation;
  if (isUtf8(id)) return undefined;
  if (!LATIN1.has(id)) return null;
  return windows1252;
}

/** Characters 0x80 to 0x9f; those that Windows-1252 does not have stay what they are. TextDecoder of Node 20 takes all of them for Latin-1. */
const UPPER = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function windows1252(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll(/[\u0080-\u009f]/g, (character) => UPPER[character.charCodeAt(0) - 0x80]!);
}

function isUtf8(id: number): boolean {
  const within = (from: number, to: number) => id >= from && id <= to;
  return (
    [11, 65, 33, 83, 76, 45, 46].includes(id) || // ascii, utf8mb3, utf8mb4
    within(192, 247) ||
    within(255, 323) ||
    within(576, 578) ||
    within(608, 610) ||
    within(2048, 2559)
  );
}
