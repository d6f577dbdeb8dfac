import type { QueryRead, Watermark, WindowedSelect } from './ast';
import type { Cursor } from './cursor';
import type { Stateful } from './expression-scan';
import { parseIdentifier } from './names';
import { refuseStateful } from './stateful';
import { syntaxError, unsupported } from './syntax-error';
import { callAt, type Span } from './token-pattern';

/** Where the parts of a SELECT are, in tokens. */
export interface SelectBlock {
  readonly begin: number;
  from?: number;
  groups?: Span;
}

interface Place extends SelectBlock {
  readonly end: number;
  /** Where the query begins in the parsed text. */
  readonly offset: number;
}

/** `WATERMARK expression [AS column] DELAY OF INTERVAL ...`; the cursor stands at WATERMARK. */
export function parseWatermark(cursor: Cursor): Watermark {
  cursor.expectKeywords('WATERMARK');
  const start = cursor.index;
  while (!cursor.done && !cursor.isKeywords('DELAY', 'OF')) {
    if (cursor.isSymbol('(')) cursor.moveTo(cursor.partnerOf(cursor.index) + 1);
    else cursor.next();
  }
  const end = cursor.index;
  if (end === start) throw cursor.unexpected('the column of the watermark');
  const { location } = cursor.expectKeywords('DELAY', 'OF');
  const delay = parseInterval(cursor);
  const named = cursor.at(end - 2).keyword === 'AS';
  if (end - start === 1) return { column: nameAt(cursor, start), delay };
  if (!named)
    throw syntaxError(
      location,
      'the expression of a watermark needs a name',
      'write WATERMARK expression AS column DELAY OF ...',
    );
  return { column: nameAt(cursor, end - 1), expression: cursor.fragment(start, end - 2), delay };
}

function nameAt(cursor: Cursor, index: number): string {
  const back = cursor.index;
  cursor.moveTo(index);
  const { value } = parseIdentifier(cursor, 'the column of the watermark');
  cursor.moveTo(back);
  return value;
}

/** `INTERVAL 10 SECONDS`, `INTERVAL '10' MINUTE` or `INTERVAL '10 minutes'`. */
function parseInterval(cursor: Cursor): string {
  const start = cursor.index;
  cursor.expectKeywords('INTERVAL');
  const { kind } = cursor.current;
  if (kind !== 'number' && kind !== 'string') throw cursor.unexpected('the length of the delay');
  cursor.next();
  if (/^(?:SECOND|MINUTE|HOUR|DAY|WEEK|MILLISECOND)S?$/.test(cursor.current.keyword)) cursor.next();
  return cursor.fragment(start, cursor.index).text;
}

const KEPT = /^(?:GROUP BY|HAVING|the aggregate .*)$/;

/**
 * The SELECT of a stream that needs state, if it is one that has an end: it reads one stream with a watermark and nothing else, and
 * groups by a window over the watermark's column, or by that column ("Apply watermarks to control data processing thresholds",
 * docs.databricks.com).
 *
 * @throws LakewrightError LAKEFLOW_UNSUPPORTED for every other
 */
export function windowedSelect(
  cursor: Cursor,
  place: Place,
  stateful: readonly Stateful[],
  read: QueryRead | undefined,
): WindowedSelect {
  const other = stateful.find(({ what }) => !KEPT.test(what));
  const watermark = read?.watermark;
  const direct = read && place.from !== undefined && cursor.at(place.from + 1).start - place.offset === read.range[0];
  if (other || !watermark || !direct) throw refuseStateful(other ?? stateful[0]!);
  const closing = place.groups && closingGroup(cursor, place.groups, watermark);
  if (!closing) {
    const { location } = stateful[0]!;
    const message = `an aggregate over a stream must group by a window over ${watermark.column}, or by that column`;
    throw unsupported(location, message, `write GROUP BY window(${watermark.column}, '10 minutes'), ...`);
  }
  const at = (index: number) => cursor.at(index).start - place.offset;
  return {
    range: [at(place.begin), cursor.at(place.end - 1).end - place.offset],
    listEnd: cursor.at(place.from! - 1).end - place.offset,
    watermark,
    ...closing,
  };
}

function closingGroup(
  cursor: Cursor,
  groups: Span,
  watermark: Watermark,
): Pick<WindowedSelect, 'closesAt' | 'length'> | undefined {
  const isColumn = ({ start, end }: Span) =>
    cursor.at(end - 1).value.toLowerCase() === watermark.column.toLowerCase() && end - start <= 3;
  for (let index = groups.start; index < groups.end; index += 1) {
    const before = cursor.at(index - 1);
    if (before.text !== ',' && before.keyword !== 'BY') continue;
    const call = callAt(cursor, index);
    if (call?.name === 'window') {
      const [time, length] = call.arguments;
      if (!time || !length || !isColumn(time) || cursor.at(length.start).kind !== 'string') continue;
      const close = cursor.partnerOf(index + 1);
      return { closesAt: `${cursor.fragment(index, close + 1).text}.end`, length: `INTERVAL ${cursor.at(length.start).text}` };
    }
    let end = index;
    while (end < groups.end && cursor.at(end).text !== ',' && cursor.at(end).text !== '(') end += 1;
    if (cursor.at(end).text !== '(' && end > index && isColumn({ start: index, end }))
      return { closesAt: cursor.fragment(index, end).text };
  }
  return undefined;
}
