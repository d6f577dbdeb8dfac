import { cursorOver } from '../dialect/parse';

/** Words after which a query may give other rows the second time, or is dear to compute twice. */
const WORDS = [
  'GROUP',
  'DISTINCT',
  'ORDER',
  'SORT',
  'LIMIT',
  'OVER',
  'TABLESAMPLE',
  'JOIN',
  'UNION',
  'INTERSECT',
  'EXCEPT',
  'PIVOT',
];
/** Functions that give another value at every call, and aggregates, some of which depend on the order of the rows. */
const FUNCTIONS = new Set(
  (
    'rand random randn randstr uniform uuid shuffle now current_timestamp current_date curdate localtimestamp unix_timestamp ' +
    'monotonically_increasing_id spark_partition_id count sum avg mean min max first last any_value first_value last_value collect_list ' +
    'collect_set array_agg mode median stddev variance corr approx_count_distinct percentile percentile_approx max_by min_by listagg ' +
    'string_agg bool_and bool_or every some count_if'
  ).split(' '),
);

/**
 * Whether a query goes row by row, so that asking it twice gives the same rows at no great cost. In doubt it is not.
 *
 * @param query as the engine gets it
 */
export function isRepeatable(query: string): boolean {
  const cursor = cursorOver(query, { file: 'query', line: 1, column: 1 });
  for (let index = 0; index < cursor.length; index += 1) {
    const { keyword, text } = cursor.at(index);
    if (WORDS.includes(keyword)) return false;
    const isCall = cursor.at(index + 1).text === '(';
    if ((isCall || text.toLowerCase().startsWith('current_')) && FUNCTIONS.has(text.toLowerCase())) return false;
  }
  return true;
}
