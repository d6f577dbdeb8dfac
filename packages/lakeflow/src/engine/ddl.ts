import { EngineError } from './engine-error';
import type { SimpleTypeName, SparkField, SparkType } from './spark-type';

const SIMPLE_TYPES: Readonly<Record<string, SimpleTypeName>> = {
  void: 'void',
  boolean: 'boolean',
  bool: 'boolean',
  tinyint: 'tinyint',
  byte: 'tinyint',
  smallint: 'smallint',
  short: 'smallint',
  int: 'int',
  integer: 'int',
  bigint: 'bigint',
  long: 'bigint',
  float: 'float',
  real: 'float',
  double: 'double',
  string: 'string',
  binary: 'binary',
  date: 'date',
  timestamp: 'timestamp',
  timestamp_ltz: 'timestamp',
  timestamp_ntz: 'timestamp_ntz',
};

interface Token {
  readonly text: string;
  readonly offset: number;
  /** A name between backticks, which is never a keyword. */
  readonly quoted: boolean;
}

/**
 * Reads the DDL of columns, `name TYPE [NOT NULL] [COMMENT '...'], ...`, also with a colon after the name as in `struct<a:int>`.
 *
 * @throws EngineError ENGINE_SCHEMA with the offset (from 0) of what could not be read
 */
export function parseColumns(ddl: string): readonly SparkField[] {
  const reader = new DdlReader(ddl);
  const fields = reader.fields();
  reader.end();
  return fields;
}

/** A reader by recursive descent: one method a rule of the grammar. */
class DdlReader {
  private readonly tokens: readonly Token[];
  private position = 0;

  constructor(private readonly ddl: string) {
    this.tokens = this.tokenize();
  }

  fields(): readonly SparkField[] {
    const fields = [this.field()];
    while (this.take(',')) fields.push(this.field());
    return fields;
  }

  end(): void {
    const token = this.tokens[this.position];
    if (token) this.fail('a comma or the end', token);
  }

  private field(): SparkField {
    const name = this.name();
    this.take(':');
    const type = this.type();
    if (this.takeWord('not')) this.expectWord('null');
    if (this.takeWord('comment')) this.position += 1;
    return { name, type };
  }

  private type(): SparkType {
    const token = this.tokens[this.position];
    const word = this.name().toLowerCase();
    switch (word) {
      case 'array':
        return this.between('<', '>', () => ({ kind: 'array', element: this.type() }));
      case 'map':
        return this.between('<', '>', () => {
          const key = this.type();
          this.expect(',');
          return { kind: 'map', key, value: this.type() };
        });
      case 'struct':
        return this.between('<', '>', () => ({ kind: 'struct', fields: this.fields() }));
      case 'decimal':
      case 'dec':
      case 'numeric':
        return this.decimal();
      case 'char':
      case 'varchar':
        return this.between('(', ')', () => ({ kind: word, length: this.number() }));
      default: {
        const simple = SIMPLE_TYPES[word];
        return simple ? { kind: simple } : this.fail('a type', token);
      }
    }
  }

  /** DECIMAL alone is DECIMAL(10,0), as in Spark. */
  private decimal(): SparkType {
    if (this.tokens[this.position]?.text !== '(') return { kind: 'decimal', precision: 10, scale: 0 };
    return this.between('(', ')', () => {
      const precision = this.number();
      return { kind: 'decimal', precision, scale: this.take(',') ? this.number() : 0 };
    });
  }

  private between<T>(open: string, close: string, inner: () => T): T {
    this.expect(open);
    const value = inner();
    this.expect(close);
    return value;
  }

  private name(): string {
    const token = this.tokens[this.position];
    if (!token || (!token.quoted && !/^[\p{L}\p{N}_]/u.test(token.text))) return this.fail('a name', token);
    this.position += 1;
    return token.text;
  }

  private number(): number {
    const token = this.tokens[this.position];
    if (!token || !/^\d+$/.test(token.text)) return this.fail('a number', token);
    this.position += 1;
    return Number(token.text);
  }

  private take(text: string): boolean {
    const token = this.tokens[this.position];
    if (!token || token.quoted || token.text !== text) return false;
    this.position += 1;
    return true;
  }

  private takeWord(word: string): boolean {
    const token = this.tokens[this.position];
    if (!token || token.quoted || token.text.toLowerCase() !== word) return false;
    this.position += 1;
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) this.fail(`'${text}'`, this.tokens[this.position]);
  }

  private expectWord(word: string): void {
    if (!this.takeWord(word)) this.fail(word.toUpperCase(), this.tokens[this.position]);
  }

  private tokenize(): readonly Token[] {
    const pattern = /\s+|`((?:[^`]|``)*)`|'(?:[^'\\]|\\.|'')*'|[\p{L}\p{N}_]+|[<>(),:]/uy;
    const tokens: Token[] = [];
    while (pattern.lastIndex < this.ddl.length) {
      const offset = pattern.lastIndex;
      const match = pattern.exec(this.ddl);
      if (!match) return this.fail('a column', { text: this.ddl.charAt(offset), offset, quoted: false });
      const quoted = match[1] !== undefined;
      if (match[0].trim() !== '') tokens.push({ text: match[1]?.replaceAll('``', '`') ?? match[0], offset, quoted });
    }
    return tokens;
  }

  private fail(expected: string, token: Token | undefined): never {
    const found = token ? `'${token.text}' at offset ${token.offset}` : 'the end';
    throw new EngineError('ENGINE_SCHEMA', `cannot read the columns "${this.ddl}": expected ${expected}, found ${found}`, {
      hint: 'write them as Spark DDL: `id BIGINT, price DECIMAL(10,2), tags ARRAY<STRING>`',
    });
  }
}
