import type { LakewrightError, SourceLocation } from '@lakewright/config';
import type { Cursor } from './cursor';
import { unsupported } from './syntax-error';
import { callAt } from './token-pattern';

const AGGREGATES = new Set(
  (
    'count count_if sum avg mean min max first first_value last last_value any_value max_by min_by collect_list collect_set ' +
    'array_agg approx_count_distinct approx_percentile percentile percentile_approx percentile_cont median mode stddev ' +
    'stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp skewness kurtosis bool_and bool_or every ' +
    'bit_and bit_or bit_xor histogram_numeric regr_slope regr_intercept regr_count regr_r2 grouping grouping_id try_sum try_avg'
  ).split(' '),
);

/** What at the cursor would need the rows of earlier updates, if it stands in a SELECT over a stream. */
export function statefulAt(cursor: Cursor): string | undefined {
  if (cursor.current.kind !== 'word') return undefined;
  if (cursor.isKeywords('OVER') && cursor.isSymbol(')', -1)) return 'a window function';
  const called = callAt(cursor, cursor.index);
  return called && AGGREGATES.has(called.name) ? `the aggregate ${called.name}` : undefined;
}

/** Clauses that need all rows at once. */
export function statefulClause(keyword: string): string | undefined {
  if (keyword === 'GROUP') return 'GROUP BY';
  if (keyword === 'HAVING' || keyword === 'LIMIT' || keyword === 'OFFSET') return keyword;
  return ['ORDER', 'SORT', 'CLUSTER', 'DISTRIBUTE'].includes(keyword) ? `${keyword} BY` : undefined;
}

/**
 * An update of a streaming table sees only the rows that are new ("Streaming tables", docs.databricks.com). Databricks keeps
 * state between updates for some of this; this runtime does not, and would give an answer a batch.
 */
export function refuseStateful({ what, location }: { what: string; location: SourceLocation }): LakewrightError {
  const isGroup = /^(?:GROUP BY|HAVING|the aggregate .*)$/.test(what);
  const hint = `put it into a materialized view that reads the table without STREAM${isGroup ? ', or give the stream a WATERMARK and group by window(...)' : ''}`;
  return unsupported(location, `${what} over a stream is not supported yet: an update sees only the new rows`, hint);
}

export function refuseStreamInCondition(location: SourceLocation): LakewrightError {
  const hint = 'read the table of the subquery without STREAM';
  return unsupported(location, 'a stream in a subquery of an expression is not supported: it would see only the new rows', hint);
}

/**
 * A join has at most one stream, and the stream is the side whose rows are kept: the other side is looked up as it is now
 * ("Stream-static joins", docs.databricks.com).
 */
export function checkStreamJoin(words: readonly string[], left: boolean, right: boolean, location: SourceLocation): void {
  const hint = 'read one side without STREAM, or join in a materialized view';
  if (left && right) {
    throw unsupported(location, 'joining two streams is not supported yet: an update sees only the new rows of each', hint);
  }
  const keepsOther = words.includes('FULL') || (words.includes('LEFT') && right) || (words.includes('RIGHT') && left);
  const drops = (words.includes('SEMI') || words.includes('ANTI')) && right;
  if ((left || right) && (keepsOther || drops)) {
    const message = `${words.join(' ')} JOIN must keep the rows of the stream, and of nothing else`;
    throw unsupported(location, message, 'put the stream on the left of an inner or LEFT join');
  }
}

/** Only UNION ALL, and only of streams: anything else compares with rows of earlier updates, or adds the same rows again. */
export function checkStreamUnion(operator: string, left: boolean, right: boolean, location: SourceLocation): void {
  if (!left && !right) return;
  if (operator !== 'UNION ALL') throw refuseStateful({ what: operator, location });
  if (left && right) return;
  const message = 'UNION ALL of a stream and a table that is read whole is not supported: every update would add the table again';
  throw unsupported(location, message, 'read both with STREAM, or write a flow for each');
}
