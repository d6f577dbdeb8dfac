import type { CsvOptions } from './read-options';

/** A record of a CSV file: its fields, or its text when it is malformed (a quoted field that does not end). */
export type CsvRecord = { readonly fields: readonly (string | null)[] } | { readonly malformed: string };

/**
 * Splits the text of a CSV file into records, as "CSV Files" of Spark's documentation says: an empty field is null, `""` is an empty
 * text. Beyond Spark a quote inside a quoted field may also be doubled (RFC 4180). Empty lines and comments are left out.
 */
export function* parseCsv(text: string, options: CsvOptions): Iterable<CsvRecord> {
  const parser = new CsvParser(text, options);
  for (let record = parser.next(); record !== undefined; record = parser.next()) yield record;
}

class CsvParser {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly options: CsvOptions,
  ) {}

  next(): CsvRecord | undefined {
    const { comment } = this.options;
    while (this.at < this.text.length) {
      if (this.atBreak()) this.skipBreak();
      else if (comment !== undefined && this.text.startsWith(comment, this.at)) this.restOfLine();
      else return this.record();
    }
    return undefined;
  }

  private record(): CsvRecord {
    const begin = this.at;
    const fields: (string | null)[] = [];
    for (;;) {
      const field = this.field();
      if (field === undefined) {
        this.at = begin;
        return { malformed: this.restOfLine() };
      }
      fields.push(field.text);
      if (this.text[this.at] !== this.options.delimiter) break;
      this.at += 1;
    }
    this.skipBreak();
    return { fields };
  }

  /** undefined: a quote without an end. */
  private field(): { readonly text: string | null } | undefined {
    const { quote, trimLeading } = this.options;
    if (trimLeading) while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at += 1;
    if (quote !== '' && this.text[this.at] === quote) {
      const quoted = this.quotedField();
      return quoted === undefined ? undefined : { text: quoted };
    }
    const text = this.plainText();
    const value = this.options.trimTrailing ? text.trimEnd() : text;
    return { text: value === '' || value === this.options.nullValue ? null : value };
  }

  private quotedField(): string | undefined {
    const { quote, escape: escaping, multiLine } = this.options;
    let text = '';
    this.at += 1;
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined || (!multiLine && this.atBreak())) return undefined;
      const next = this.text[this.at + 1];
      if (character === escaping && escaping !== quote && (next === quote || next === escaping)) {
        text += next;
        this.at += 2;
      } else if (character !== quote) {
        text += character;
        this.at += 1;
      } else if (next === quote) {
        text += quote;
        this.at += 2;
      } else {
        this.at += 1;
        return text + this.plainText();
      }
    }
  }

  private plainText(): string {
    const begin = this.at;
    while (this.at < this.text.length && this.text[this.at] !== this.options.delimiter && !this.atBreak()) this.at += 1;
    return this.text.slice(begin, this.at);
  }

  private restOfLine(): string {
    const begin = this.at;
    while (this.at < this.text.length && !this.atBreak()) this.at += 1;
    const line = this.text.slice(begin, this.at);
    this.skipBreak();
    return line;
  }

  private atBreak(): boolean {
    const character = this.text[this.at];
    return character === '\n' || character === '\r';
  }

  private skipBreak(): void {
    if (this.text[this.at] === '\r' && this.text[this.at + 1] === '\n') this.at += 2;
    else if (this.atBreak()) this.at += 1;
  }
}

/**
 * The records of a file as JSON objects, one text each, so that CSV and JSON share all that follows. With a header columns go by its
 * names; fields beyond it, and all fields without one, are called `_c0`, `_c1`, ... A malformed record is given as its own text.
 *
 * @param columns names for files without a header, by position
 */
export function* csvToJson(text: string, options: CsvOptions, columns: readonly string[]): Iterable<string> {
  let names: readonly string[] | undefined = options.header ? undefined : columns;
  for (const record of parseCsv(text, options)) {
    if ('malformed' in record) yield record.malformed;
    else if (names === undefined) names = headerNames(record.fields);
    else yield JSON.stringify(Object.fromEntries(record.fields.map((field, index) => [names?.[index] ?? `_c${index}`, field])));
  }
}

/** A name that is missing or there already is replaced by its position. */
function headerNames(fields: readonly (string | null)[]): readonly string[] {
  return fields.map((field, index) => (field === null || fields.indexOf(field) < index ? `_c${index}` : field));
}
