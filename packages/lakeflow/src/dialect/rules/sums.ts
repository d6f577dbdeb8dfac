import type { Rule } from '../rule';
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
