import type { Cursor } from './cursor';
import { type Call, callAt, type Span, stringOf, tokensOf, topLevel } from './token-pattern';
import type { Token } from './tokenizer';

/** Something that must not reach the engine. */
export interface Refusal {
  readonly name: string;
  /** Whether it stands at this token. */
  readonly detector: (cursor: Cursor, index: number) => boolean;
  /** What is wrong with it. */
  readonly reason: string;
  /** What to write instead. */
  readonly alternative: string;
}

type CallTest = (cursor: Cursor, call: Call) => boolean;

function call(names: readonly string[], test: CallTest = () => true): Refusal['detector'] {
  return (cursor, index) => {
    const found = callAt(cursor, index);
    return found !== undefined && names.includes(found.name) && test(cursor, found);
  };
}

const UNITS =
  'MICROSECOND MICROSECONDS MILLISECOND MILLISECONDS SECOND SECONDS MINUTE MINUTES HOUR HOURS DAY DAYS DAYOFYEAR WEEK WEEKS MONTH MONTHS QUARTER QUARTERS YEAR YEARS'.split(
    ' ',
  );

/**
 * What the default engine (Sail 0.7.2) answers without an error and differently from Spark 4.2, as far as tokens tell; refused before
 * anything is run. What depends on types, and what can be rewritten, is in `src/dialect`.
 */
export const WRONG_ANSWERS: readonly Refusal[] = [
  {
    name: 'timestampdiff',
    detector: call(['timestampdiff']),
    reason: 'it counts the boundaries crossed and not the units elapsed',
    alternative: 'write (unix_timestamp(b) - unix_timestamp(a)) div 86400 for days, or datediff(b, a) for calendar days',
  },
  {
    name: 'datediff with a unit',
    detector: call(['datediff', 'date_diff'], (cursor, { arguments: given }) => given.length === 3 && isUnit(cursor, given[0]!)),
    reason: 'it counts the boundaries crossed and not the units elapsed',
    alternative: 'write datediff(b, a) for calendar days, or (unix_timestamp(b) - unix_timestamp(a)) div 86400',
  },
  {
    name: "split by ''",
    detector: call(['split'], (cursor, { arguments: given }) => stringOf(cursor, given[1]) === ''),
    reason: 'it does not split into characters',
    alternative: "write regexp_extract_all(s, '(.)', 1), or transform(sequence(1, length(s)), i -> substring(s, i, 1))",
  },
  {
    name: 'bround',
    detector: call(['bround']),
    reason: 'it does not round half to even',
    alternative: 'write round(x, n) (half up), or spell out the rounding with floor and CASE',
  },
  {
    name: 'get_json_object with [*]',
    detector: call(['get_json_object'], (cursor, { arguments: given }) => stringOf(cursor, given[1])?.includes('[*]') ?? false),
    reason: 'the wildcard does not give what Spark gives',
    alternative: "write transform(from_json(json, 'a ARRAY<STRUCT<b: STRING>>').a, item -> item.b)",
  },
  {
    name: 'max_by and min_by with three arguments',
    detector: call(['max_by', 'min_by'], (_, { arguments: given }) => given.length > 2),
    reason: 'the number of rows is ignored',
    alternative: 'write transform(slice(sort_array(collect_list(struct(y, x)), false), 1, n), pair -> pair.x)',
  },
  {
    name: 'extract from an interval',
    detector: call(['extract', 'date_part', 'datepart'], extractsInterval),
    reason: 'the parts of an interval come out wrong',
    alternative: 'work with seconds: unix_timestamp(b) - unix_timestamp(a)',
  },
  {
    name: 'timestamp_seconds of a fraction',
    detector: call(['timestamp_seconds'], (cursor, { arguments: given }) => given.some((span) => isFraction(cursor, span))),
    reason: 'the fraction is lost',
    alternative: 'write timestamp_micros(CAST(x * 1000000 AS BIGINT))',
  },
  {
    name: 'listagg with a NULL delimiter',
    detector: call(
      ['listagg', 'string_agg'],
      (cursor, { arguments: given }) => given[1] !== undefined && isNull(cursor, given[1]),
    ),
    reason: 'it gives NULL',
    alternative: 'leave the delimiter out',
  },
  {
    name: 'a doubled quote in a string',
    detector: (cursor, index) => hasDoubledQuote(cursor.at(index)),
    reason: 'the quote is lost',
    alternative: "write \\' for a quote in a string",
  },
  {
    name: 'array_contains of NULL',
    detector: call(['array_contains'], (cursor, { arguments: given }) => given[1] !== undefined && isNull(cursor, given[1])),
    reason: 'it answers instead of giving NULL',
    alternative: 'write exists(items, item -> item IS NULL)',
  },
  {
    name: 'schema_of_variant',
    detector: call(['schema_of_variant', 'schema_of_variant_agg']),
    reason: 'the schema comes out wrong',
    alternative: 'keep JSON as STRING and write schema_of_json(...)',
  },
  {
    name: 'TIME',
    detector: (cursor, index) => cursor.at(index).keyword === 'TIME' && cursor.at(index + 1).kind === 'string',
    reason: 'Spark and Databricks have no such type yet',
    alternative: 'keep the time of day as STRING, or as seconds',
  },
  {
    name: 'a backslash before another character than %, _ and \\ in LIKE',
    detector: hasOddEscape,
    reason: 'it is let through where Spark fails',
    alternative: "write '\\\\\\\\' for a backslash in a pattern, or RLIKE",
  },
  {
    name: 'rint',
    detector: call(['rint']),
    reason: 'it rounds halves up and not to even',
    alternative: 'write round(x) (half up)',
  },
  {
    name: 'regexp_replace with a backslash in the replacement',
    detector: call(['regexp_replace'], (cursor, { arguments: given }) => stringOf(cursor, given[2])?.includes('\\') ?? false),
    reason: 'the backslash stays',
    alternative: 'write replace(...), or a replacement without a backslash',
  },
  {
    name: 'aes_encrypt in mode ECB',
    detector: call(
      ['aes_encrypt', 'aes_decrypt', 'try_aes_decrypt'],
      (cursor, { arguments: given }) => stringOf(cursor, given[2])?.toUpperCase() === 'ECB',
    ),
    reason: 'it pads otherwise',
    alternative: 'leave the mode out: GCM',
  },
  {
    name: 'conv to a negative base',
    detector: call(['conv'], (cursor, { arguments: given }) => given[2] !== undefined && cursor.at(given[2].start).text === '-'),
    reason: 'it gives NULL',
    alternative: 'write CAST(CAST(conv(x, from, 10) AS BIGINT) AS STRING)',
  },
];

/** `x LIKE 'a\b'`: Spark takes a backslash before %, _ and itself. */
function hasOddEscape(cursor: Cursor, index: number): boolean {
  const { keyword } = cursor.at(index);
  const pattern = cursor.at(index + 1);
  if ((keyword !== 'LIKE' && keyword !== 'ILIKE') || pattern.kind !== 'string' || cursor.at(index + 2).keyword === 'ESCAPE')
    return false;
  return /\\(?![%_\\])/.test(pattern.value.replace(/\\\\/g, ''));
}

function hasDoubledQuote({ kind, text }: Token): boolean {
  if (kind !== 'string' || /^r/i.test(text)) return false;
  return text
    .slice(1, -1)
    .replace(/\\[\s\S]/g, '')
    .includes(text[0]!);
}

function isUnit(cursor: Cursor, span: Span): boolean {
  return span.end - span.start === 1 && UNITS.includes(cursor.at(span.start).keyword);
}

function isNull(cursor: Cursor, span: Span): boolean {
  return span.end - span.start === 1 && cursor.at(span.start).keyword === 'NULL';
}

function isFraction(cursor: Cursor, span: Span): boolean {
  return tokensOf(cursor, span).some((token) => (token.kind === 'number' && token.text.includes('.')) || token.text === '/');
}

/** `extract(DAY FROM INTERVAL ...)`, `extract(DAY FROM b - a)`, `date_part('day', b - a)`. */
function extractsInterval(cursor: Cursor, { arguments: given }: Call): boolean {
  const last = given.at(-1);
  if (!last) return false;
  const from = [...topLevel(cursor, last)].find((index) => cursor.at(index).keyword === 'FROM');
  return isInterval(cursor, { start: given.length === 1 ? (from ?? last.start - 1) + 1 : last.start, end: last.end });
}

function isInterval(cursor: Cursor, span: Span): boolean {
  const first = cursor.at(span.start);
  if (first.text === '(' && cursor.partnerOf(span.start) === span.end - 1) {
    return isInterval(cursor, { start: span.start + 1, end: span.end - 1 });
  }
  if (first.keyword === 'INTERVAL' || /^MAKE_(?:YM_|DT_)?INTERVAL$/.test(first.keyword)) return true;
  return [...topLevel(cursor, span)].some((index) => isDifference(cursor, index, span));
}

/** A minus between two values that is not "minus an interval" or "minus a number". */
function isDifference(cursor: Cursor, index: number, span: Span): boolean {
  const next = cursor.at(index + 1);
  return cursor.at(index).text === '-' && index > span.start && next.keyword !== 'INTERVAL' && next.kind !== 'number';
}
