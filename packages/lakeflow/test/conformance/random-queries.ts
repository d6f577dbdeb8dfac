import type { Random } from '../../../../test/support/random';

/** Kinds of expressions: what a column or an operand is. */
type Kind = 'whole' | 'decimal' | 'double' | 'text' | 'date' | 'time' | 'boolean';

/** Values at the edges of each type, as SQL; every query gets a few of each. */
const COLUMNS: Readonly<Record<string, { readonly kind: Kind; readonly values: readonly string[] }>> = {
  t: { kind: 'whole', values: ['1Y', 'CAST(-128 AS TINYINT)', '127Y', '0Y', 'CAST(NULL AS TINYINT)'] },
  s: { kind: 'whole', values: ['3S', 'CAST(-32768 AS SMALLINT)', '32767S', 'CAST(NULL AS SMALLINT)'] },
  i: { kind: 'whole', values: ['7', '-1', '0', '2147483647', 'CAST(-2147483648 AS INT)', 'CAST(NULL AS INT)'] },
  l: { kind: 'whole', values: ['42L', '-5L', '9223372036854775807L', '(-9223372036854775807L - 1L)', 'CAST(NULL AS BIGINT)'] },
  m: {
    kind: 'decimal',
    values: ['1.45', '-2.55', '0.00', '99999999.99', 'NULL'].map((each) => `CAST(${each} AS DECIMAL(10,2))`),
  },
  w: {
    kind: 'decimal',
    values: ['1.000000000000000005', '-0.5', '12345678901234567890.123456789', 'NULL'].map(
      (each) => `CAST(${each} AS DECIMAL(38,18))`,
    ),
  },
  d: {
    kind: 'double',
    values: ['0.5D', '-1.5D', '2.5D', '1E-7D', '1.005D', '1E20D', "double('NaN')", '0D', 'CAST(NULL AS DOUBLE)'],
  },
  x: { kind: 'text', values: ["'12'", "' 7 '", "'abc'", "''", "'-1.5'", "'2024-02-29'", "'Ünïcode'", 'CAST(NULL AS STRING)'] },
  y: { kind: 'date', values: ["DATE'2024-02-29'", "DATE'1969-12-31'", "DATE'2023-12-31'", 'CAST(NULL AS DATE)'] },
  z: {
    kind: 'time',
    values: [
      "TIMESTAMP'2024-02-29 23:59:59.999999'",
      "TIMESTAMP'1969-12-31 23:00:00'",
      "TIMESTAMP'2024-01-31 00:00:00'",
      'CAST(NULL AS TIMESTAMP)',
    ],
  },
  b: { kind: 'boolean', values: ['true', 'false', 'CAST(NULL AS BOOLEAN)'] },
};

/** What gives a kind: `$whole` and the like are put in, `#` is a small number. */
const FORMS: Readonly<Record<Kind, readonly string[]>> = {
  whole: [
    '$whole + $whole',
    '$whole - $whole',
    '$whole * $whole',
    '$whole % $whole',
    '$whole DIV $whole',
    '-$whole',
    'abs($whole)',
    'CAST($whole AS INT)',
    'CAST($whole AS BIGINT)',
    'CAST($whole AS SMALLINT)',
    'CAST($whole AS TINYINT)',
    'CAST($decimal AS INT)',
    'CAST($double AS BIGINT)',
    'try_cast($text AS INT)',
    'CAST($boolean AS INT)',
    'length($text)',
    'year($date)',
    'month($time)',
    'dayofweek($date)',
    'weekofyear($date)',
    'hour($time)',
    'datediff($date, $date)',
    'coalesce($whole, $whole)',
    'nullif($whole, $whole)',
    'CASE WHEN $boolean THEN $whole ELSE $whole END',
    'greatest($whole, $whole)',
    'least($whole, $whole)',
    'if($boolean, $whole, #)',
    'floor($double)',
    'sign($whole)',
    'pmod($whole, $whole)',
    '$whole & $whole',
    '$whole | #',
    'instr($text, $text)',
    'unix_timestamp($time)',
    'bigint($decimal)',
    'shiftleft($whole, #)',
    'ascii($text)',
    "size(split($text, 'b'))",
    'quarter($date)',
    'dayofyear($date)',
    'minute($time)',
    'try_add($whole, $whole)',
    'crc32($text)',
    'hash($whole)',
  ],
  decimal: [
    '$decimal + $decimal',
    '$decimal - $decimal',
    '$decimal * $decimal',
    '$decimal / $decimal',
    '$decimal % $decimal',
    '-$decimal',
    'abs($decimal)',
    '$decimal + $whole',
    '$decimal / #',
    '$decimal * 1.10',
    'CAST($decimal AS DECIMAL(12,1))',
    'CAST($whole AS DECIMAL(20,3))',
    'round($decimal, 1)',
    'round($decimal)',
    'CAST($double AS DECIMAL(20,4))',
    'try_cast($text AS DECIMAL(10,2))',
    'coalesce($decimal, 0)',
    'CASE WHEN $boolean THEN $decimal END',
    'greatest($decimal, $decimal)',
    'nullif($decimal, 0)',
    'floor($decimal)',
    'ceil($decimal)',
    'bround($decimal, 1)',
    'if($boolean, $decimal, 0.5)',
  ],
  double: [
    '$double + $double',
    '$double * $whole',
    '$double / $double',
    '$double - $decimal',
    '$whole / $whole',
    'round($double, 2)',
    'round($double, 9)',
    'sqrt(abs($double))',
    'CAST($decimal AS DOUBLE)',
    'CAST($whole AS DOUBLE)',
    'try_cast($text AS DOUBLE)',
    'coalesce($double, 0D)',
    'abs($double)',
    'power($double, 2)',
    'months_between($date, $date)',
    'nanvl($double, 1D)',
    '$double % $double',
    'exp(least($double, 5D))',
  ],
  text: [
    'CAST($whole AS STRING)',
    'CAST($decimal AS STRING)',
    'CAST($double AS STRING)',
    'CAST($date AS STRING)',
    'CAST($time AS STRING)',
    'CAST($boolean AS STRING)',
    'upper($text)',
    'lower($text)',
    'trim($text)',
    'concat($text, $text)',
    '$text || $whole',
    'substring($text, #, 2)',
    'substring($text, -2)',
    'left($text, #)',
    "lpad($text, 6, '*')",
    "rpad($text, 3, '*')",
    "replace($text, 'b', '-')",
    'reverse($text)',
    'initcap($text)',
    "concat_ws('-', $text, $text)",
    "coalesce($text, 'none')",
    "date_format($time, 'yyyy-MM-dd HH:mm:ss')",
    "split_part($text, '-', #)",
    "regexp_replace($text, '[0-9]', '#')",
    "regexp_extract($text, '([0-9]+)', 1)",
    'md5($text)',
    "nullif($text, '')",
    'repeat($text, 2)',
    "translate($text, 'abc', 'x')",
    'format_number($double, 2)',
    "CASE WHEN $boolean THEN $text ELSE 'other' END",
    "substring_index($text, '-', 1)",
    'ltrim($text)',
    'hex($whole)',
    'base64($text)',
    "trim(BOTH 'a' FROM $text)",
  ],
  date: [
    'date_add($date, #)',
    'date_sub($date, #)',
    'add_months($date, #)',
    'last_day($date)',
    "trunc($date, 'MM')",
    'CAST($time AS DATE)',
    'to_date($time)',
    'try_cast($text AS DATE)',
    "coalesce($date, DATE'2000-01-01')",
    'greatest($date, $date)',
    "next_day($date, 'MON')",
    '$date + #',
    '$date - INTERVAL 1 MONTH',
    'make_date(2024, #, 28)',
    'date_from_unix_date(#)',
  ],
  time: [
    'CAST($date AS TIMESTAMP)',
    '$time + INTERVAL 1 DAY',
    '$time - INTERVAL 3 HOURS',
    "date_trunc('HOUR', $time)",
    "date_trunc('MONTH', $time)",
    'coalesce($time, $time)',
    'try_cast($text AS TIMESTAMP)',
    'timestamp_seconds(#)',
    'to_timestamp($date)',
    'least($time, $time)',
    "date_trunc('WEEK', $time)",
    'timestamp_millis($whole % 1000000)',
  ],
  boolean: [
    '$whole > $whole',
    '$whole = #',
    '$whole IN (1, #, 127)',
    '$whole BETWEEN # AND 100',
    '$decimal = 1.5',
    '$decimal < $decimal',
    '$decimal >= #',
    '$double > $double',
    '$double = 0.5',
    "$text = '12'",
    "$text LIKE '%b%'",
    "$text IN ('abc', '')",
    "$date > DATE'2024-01-01'",
    '$date = $date',
    '$time <= $time',
    "$time >= DATE'2024-01-01'",
    '$boolean AND $boolean',
    '$boolean OR $boolean',
    'NOT $boolean',
    '$whole IS NULL',
    '$text IS NOT NULL',
    '$whole <=> $whole',
    'isnan($double)',
    "$text RLIKE '^[a-z]+$'",
    "startswith($text, 'a')",
    "contains($text, '1')",
    '$double < $whole',
    '$decimal > $double',
    '$whole <> $decimal',
    '$text < $text',
    'CAST($whole AS BOOLEAN)',
    "$date BETWEEN DATE'2024-01-01' AND $date",
  ],
};
const KINDS = Object.keys(FORMS) as Kind[];
const AGGREGATES = [
  'sum($n)',
  'avg($n)',
  'min($n)',
  'max($n)',
  'count($n)',
  'count(DISTINCT $n)',
  'sum($n) FILTER (WHERE $boolean)',
  'max($n) - min($n)',
];

/**
 * A query over a few rows of values at the edges of their types, made by chance: an expression over one row, a condition over all, an aggregate,
 * or a comparison with what a query inside computes.
 */
export function randomQuery(random: Random): string {
  const rows = Array.from({ length: 1 + random(3) }, () => {
    const values = Object.values(COLUMNS).map(({ values }) => pick(values, random));
    return `(${values.join(', ')})`;
  });
  const from = `FROM VALUES ${rows.join(', ')} AS q(${Object.keys(COLUMNS).join(', ')})`;
  switch (random(5)) {
    case 0:
      return `SELECT i, x ${from} WHERE ${expression('boolean', 2, random)}`;
    case 1: {
      const number = pick(['whole', 'decimal', 'double'] as const, random);
      const written = pick(AGGREGATES, random).replaceAll('$n', () => expression(number, 1, random));
      return `SELECT ${fill(written, 0, random)} AS r ${from}`;
    }
    case 2: {
      const kind = pick(['whole', 'decimal', 'double', 'date'] as const, random);
      const inner = expression(kind, 2, random);
      const against = { whole: '1', decimal: '1.5', double: '0.5D', date: "DATE'2024-02-29'" }[kind];
      return `SELECT count(*) AS n FROM (SELECT ${inner} AS v ${from}) WHERE v ${pick(['=', '>', '<=', '<>'], random)} ${against}`;
    }
    default:
      return `SELECT ${expression(pick(KINDS, random), 1 + random(3), random)} AS r ${from}`;
  }
}

function expression(kind: Kind, depth: number, random: Random): string {
  if (depth === 0 || random(5) === 0) {
    const names = Object.keys(COLUMNS).filter((name) => COLUMNS[name]!.kind === kind);
    return pick(names, random);
  }
  return `(${fill(pick(FORMS[kind], random), depth - 1, random)})`;
}

function fill(form: string, depth: number, random: Random): string {
  return form
    .replace(/\$(\w+)/g, (_, kind: Kind) => expression(kind, depth, random))
    .replace(/(?<!')#(?!')/g, () => String(1 + random(4)));
}

function pick<Value>(values: readonly Value[], random: Random): Value {
  return values[random(values.length)]!;
}
