import { formatType } from '../../engine/spark-type';
import { type Rule, refuse } from '../rule';
import { keptCast } from './narrowing';

/** `sum` of BIGINT, which wraps around without an error. */
export const sumOfBigint: Rule = {
  name: 'overflow of sum(bigint)',
  kind: 'rewritten',
  instead: 'summed as DECIMAL(38,0) and cast back to BIGINT, which fails on overflow as ANSI wants',
  examples: [
    'SELECT sum(x) AS s FROM VALUES (9223372036854775807), (1) AS t(x)',
    'SELECT k, sum(DISTINCT x) AS s, sum(x) FILTER (WHERE x > 1) AS f FROM VALUES (1, 5L), (1, 5L), (2, 1L), (2, NULL) AS t(k, x) GROUP BY k',
    'SELECT k, sum(x) OVER (PARTITION BY k ORDER BY x) AS s FROM VALUES (1, 5L), (1, 6L), (2, 1L) AS t(k, x)',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'call' || node.name !== 'sum' || node.arguments.length !== 1) return;
    const [given] = node.arguments;
    const type = await bench.typeOf(given!, scope);
    if (!type) return bench.undecided(node);
    if (type.kind !== 'bigint') return;
    const distinct = node.distinct ? 'DISTINCT ' : '';
    node.parts = keptCast([`sum(${distinct}CAST(`, given!, ' AS DECIMAL(38,0))) ', node.tail], 'BIGINT');
  },
};

/** Digits that the average of a decimal has more than the decimal (`Average.resultType` of Apache Spark). */
const AVERAGE_DIGITS = 4;

/** `avg` of DECIMAL, whose last digit the engine cuts off instead of rounding it. */
export const averageOfDecimal: Rule = {
  name: 'avg of decimals',
  kind: 'rewritten',
  instead: 'computed to one digit more and rounded',
  examples: [
    'SELECT avg(x) AS a, avg(DISTINCT x) AS b, avg(x) FILTER (WHERE x > 1) AS c FROM VALUES (CAST(0.02 AS DECIMAL(10, 2))), (1.00), (1.00), (NULL) AS t(x)',
    'SELECT k, avg(x) OVER (PARTITION BY k) AS a FROM VALUES (1, CAST(-2.00 AS DECIMAL(10, 2))), (1, 0.00), (1, 0.00), (2, NULL) AS t(k, x)',
    'SELECT avg(x) AS a FROM VALUES (CAST(1.5 AS DECIMAL(38, 10))) AS t(x)',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'call' || !['avg', 'mean'].includes(node.name) || node.arguments.length !== 1) return;
    const [given] = node.arguments;
    const type = await bench.typeOf(given!, scope);
    if (!type) return bench.undecided(node);
    if (type.kind !== 'decimal') return;
    const { precision, scale } = type;
    if (precision + AVERAGE_DIGITS + 1 > 38) {
      refuse(
        node,
        `avg of ${formatType(type)}`,
        'it has too many digits to be rounded',
        'CAST it to DECIMAL(33, s) or shorter first',
      );
    }
    const inner = [
      `avg(${node.distinct ? 'DISTINCT ' : ''}CAST(`,
      given!,
      ` AS DECIMAL(${precision + 1},${scale + 1}))) `,
      node.tail,
    ];
    node.parts = keptCast(inner, `DECIMAL(${precision + AVERAGE_DIGITS},${scale + AVERAGE_DIGITS})`);
  },
};
