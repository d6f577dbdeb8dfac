import { LakewrightError } from '@lakewright/config';
import { type Parameters, parsePipeline, type Statement } from '../../src/sql';

/** The statements of one file called `p.sql`. */
export function parse(text: string, parameters: Parameters = {}): readonly Statement[] {
  return parsePipeline([{ path: 'p.sql', text }], parameters);
}

/** The one statement of a text, of the kind wanted. */
export function parseOne<Kind extends Statement['kind']>(kind: Kind, text: string, parameters: Parameters = {}) {
  const [statement, ...others] = parse(text, parameters);
  if (statement?.kind !== kind || others.length > 0)
    throw new Error(`expected one ${kind}, got ${JSON.stringify([statement, ...others])}`);
  return statement as Extract<Statement, { kind: Kind }>;
}

/** What a terminal would show of the error; fails when there is none or it is none of ours. */
export function errorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof LakewrightError) return error.format();
    throw error;
  }
  throw new Error('expected an error');
}

/** The error of parsing a text. */
export function refusal(text: string, parameters: Parameters = {}): string {
  return errorOf(() => parse(text, parameters));
}

/** The query of a materialized view with this text. */
export function query(text: string, parameters: Parameters = {}) {
  return parseOne('materialized_view', `CREATE OR REFRESH MATERIALIZED VIEW v AS ${text}`, parameters).query;
}

/** The error of a query; its columns count from the beginning of the query. */
export function queryRefusal(text: string): string {
  return refusal(`CREATE OR REFRESH MATERIALIZED VIEW v AS\n${text}`);
}
