import type { Token } from '../sql/tokenizer';

const SUFFIXES: Readonly<Record<string, string>> = { l: 'bigint', s: 'smallint', y: 'tinyint', f: 'float', d: 'double' };
const LARGEST_INT = 2_147_483_647n;

/** The type of a literal as DDL ("Literals", spark.apache.org). `token` is its first. */
export function literalType(token: Token): string {
  if (token.kind === 'string') return 'string';
  if (token.kind === 'number') return numberType(token.text.toLowerCase());
  if (token.keyword === 'TRUE' || token.keyword === 'FALSE') return 'boolean';
  if (token.keyword === 'NULL') return 'void';
  if (token.keyword === 'X') return 'binary';
  return token.keyword === 'TIMESTAMP_LTZ' ? 'timestamp' : token.keyword.toLowerCase();
}

function numberType(text: string): string {
  const decimal = text.endsWith('bd');
  const suffix = decimal ? undefined : SUFFIXES[text.at(-1) ?? ''];
  if (suffix) return suffix;
  const digits = decimal ? text.slice(0, -2) : text;
  if (digits.includes('e')) return decimal ? 'decimal(38,18)' : 'double';
  const [whole = '', fraction] = digits.split('.');
  if (fraction !== undefined || decimal) {
    const scale = (fraction ?? '').length;
    const significant = whole.replace(/^0+/, '').length;
    return `decimal(${Math.max(significant + scale, scale, 1)},${scale})`;
  }
  const value = BigInt(whole);
  if (value <= LARGEST_INT) return 'int';
  return value < 2n ** 63n ? 'bigint' : `decimal(${whole.length},0)`;
}
