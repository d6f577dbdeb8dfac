import type { SourceLocation } from '@lakewright/config';
import { parseColumns } from '../engine/ddl';
import type { SparkField } from '../engine/spark-type';
import type { FileRead } from '../sql';
import { sourceError } from './source-error';

export type SourceFormat = 'json' | 'csv' | 'parquet' | 'text';

/** What `read_files` was asked, understood. */
export interface ReadOptions {
  readonly path: string;
  readonly location: SourceLocation;
  readonly format: SourceFormat;
  /** Columns given by `schema`; absent when they are to be inferred. */
  readonly schema: readonly SparkField[] | undefined;
  /** Types that win over inferred ones. */
  readonly schemaHints: readonly SparkField[];
  /** What becomes of columns that come later. */
  readonly evolution: SchemaEvolution;
  /** Whether inferred columns get types; otherwise they are strings. */
  readonly inferTypes: boolean;
  /** Name of the column for what did not fit; absent for none. */
  readonly rescuedColumn: string | undefined;
  /** Column of the schema that takes the text of a malformed record. */
  readonly corruptColumn: string;
  readonly dropMalformed: boolean;
  /** A changed file is read again. */
  readonly allowOverwrites: boolean;
  /** Pattern that a file's name must match. */
  readonly nameFilter: string | undefined;
  /** Text: one row a file. */
  readonly wholeText: boolean;
  readonly csv: CsvOptions;
}

/** Values of `schemaEvolutionMode` ("Configure schema inference and evolution in Auto Loader", docs.databricks.com). */
const EVOLUTION = ['addNewColumns', 'addNewColumnsWithTypeWidening', 'rescue', 'failOnNewColumns', 'none'] as const;
export type SchemaEvolution = (typeof EVOLUTION)[number];

export interface CsvOptions {
  readonly header: boolean;
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly comment: string | undefined;
  readonly nullValue: string;
  /** Quoted fields may hold line breaks. */
  readonly multiLine: boolean;
  readonly trimLeading: boolean;
  readonly trimTrailing: boolean;
}

const FORMATS: readonly SourceFormat[] = ['json', 'csv', 'parquet', 'text'];
const COMMON = ['format', 'allowoverwrites', 'pathglobfilter', 'filenamepattern', 'includeexistingfiles', 'recursivefilelookup'];
const BATCHING = ['maxfilespertrigger', 'maxbytespertrigger'];
const TYPED = ['schema', 'schemahints', 'rescueddatacolumn', 'schemaevolutionmode', 'infercolumntypes'];
const RECORDS = ['mode', 'columnnameofcorruptrecord', 'encoding', 'charset', 'multiline'];
const CSV = [
  'header',
  'delimiter',
  'sep',
  'quote',
  'escape',
  'comment',
  'nullvalue',
  'ignoreleadingwhitespace',
  'ignoretrailingwhitespace',
];
const KNOWN: Readonly<Record<SourceFormat, readonly string[]>> = {
  json: [...COMMON, ...BATCHING, ...TYPED, ...RECORDS],
  csv: [...COMMON, ...BATCHING, ...TYPED, ...RECORDS, ...CSV],
  parquet: [...COMMON, ...BATCHING, ...TYPED],
  text: [...COMMON, ...BATCHING, 'wholetext', 'encoding', 'charset'],
};

/** Values that an option may have, where only the default (or what amounts to it) is supported, and why. */
const ONLY: Readonly<Record<string, { readonly values: readonly string[]; readonly reason: string }>> = {
  includeexistingfiles: {
    values: ['true'],
    reason: 'every file is read once, also those that were there before the first update',
  },
  recursivefilelookup: {
    values: ['true'],
    reason: 'folders are always searched to the bottom, and partition folders give no columns',
  },
  encoding: { values: ['utf-8', 'utf8'], reason: 'files are read as UTF-8' },
  charset: { values: ['utf-8', 'utf8'], reason: 'files are read as UTF-8' },
  mode: {
    values: ['permissive', 'dropmalformed'],
    reason: 'a malformed record is kept (PERMISSIVE) or left out (DROPMALFORMED), it never fails the update',
  },
};

/**
 * Understands the arguments of `read_files`.
 *
 * Source: "read_files table-valued function" and "Auto Loader options", docs.databricks.com.
 *
 * @throws LakewrightError LAKEFLOW_READ_OPTION for an option that is unknown, unsupported or has a value of the wrong kind, with
 *   what is supported
 */
export function parseReadOptions(read: FileRead): ReadOptions {
  const options = new Options(read);
  const format = options.format();
  options.check(format);
  const schema = format === 'text' ? [{ name: 'value', type: { kind: 'string' } as const }] : options.columns('schema');
  const evolution = options.evolution(schema !== undefined);
  return {
    path: read.path,
    location: read.location,
    format,
    schema,
    evolution,
    schemaHints: options.columns('schemahints') ?? [],
    inferTypes: options.flag('infercolumntypes', true),
    rescuedColumn:
      options.textOrNone('rescueddatacolumn') ?? (schema === undefined && evolution !== 'none' ? '_rescued_data' : undefined),
    corruptColumn: options.text('columnnameofcorruptrecord', '_corrupt_record'),
    dropMalformed: options.text('mode', '').toLowerCase() === 'dropmalformed',
    allowOverwrites: options.flag('allowoverwrites', false),
    nameFilter: options.textOrNone('pathglobfilter') ?? options.textOrNone('filenamepattern'),
    wholeText: options.flag('wholetext', false),
    csv: options.csv(),
  };
}

class Options {
  constructor(private readonly read: FileRead) {}

  format(): SourceFormat {
    const given = this.textOrNone('format')?.toLowerCase();
    const found = FORMATS.find((format) => format === given);
    if (found) return found;
    const what = given === undefined ? 'read_files does not say which format' : `read_files cannot read the format ${given} yet`;
    throw this.error(what, `give format => one of ${FORMATS.map((format) => `'${format}'`).join(', ')}`);
  }

  check(format: SourceFormat): void {
    for (const [name, value] of Object.entries(this.read.options)) {
      if (!KNOWN[format].includes(name)) {
        throw this.error(`read_files has no option ${name} for ${format} here`, `supported: ${KNOWN[format].join(', ')}`);
      }
      const only = ONLY[name];
      if (only && !only.values.includes(value.toLowerCase())) {
        throw this.error(
          `read_files does not support ${name} => ${value}: ${only.reason}`,
          `supported: ${only.values.join(', ')}`,
        );
      }
    }
    if (format === 'json' && this.flag('multiline', false)) {
      throw this.error(
        'read_files does not support multiLine for JSON yet: a record is one line',
        'write one JSON object a line',
      );
    }
  }

  /** Without a schema columns are added, with one they are not; a schema and added columns exclude each other. */
  evolution(hasSchema: boolean): SchemaEvolution {
    const given = this.textOrNone('schemaevolutionmode');
    if (given === undefined) return hasSchema ? 'none' : 'addNewColumns';
    const found = EVOLUTION.find((mode) => mode.toLowerCase() === given.toLowerCase());
    if (!found)
      throw this.error(`read_files does not know schemaEvolutionMode => ${given}`, `supported: ${EVOLUTION.join(', ')}`);
    if (hasSchema && found.startsWith('add')) {
      throw this.error(
        `read_files cannot add columns to a schema that is given (schemaEvolutionMode => ${given})`,
        'give schemaHints instead of schema, or leave schemaEvolutionMode out',
      );
    }
    return found;
  }

  csv(): CsvOptions {
    return {
      header: this.flag('header', false),
      delimiter: this.character('delimiter', this.character('sep', ',')),
      quote: this.character('quote', '"'),
      escape: this.character('escape', '\\'),
      comment: this.textOrNone('comment'),
      nullValue: this.text('nullvalue', ''),
      multiLine: this.flag('multiline', false),
      trimLeading: this.flag('ignoreleadingwhitespace', false),
      trimTrailing: this.flag('ignoretrailingwhitespace', false),
    };
  }

  columns(name: string): readonly SparkField[] | undefined {
    const ddl = this.textOrNone(name);
    if (ddl === undefined) return undefined;
    try {
      return parseColumns(ddl);
    } catch (cause) {
      throw this.error(
        `read_files cannot read ${name} => '${ddl}'`,
        "write columns as in '`id` BIGINT, name STRING, tags ARRAY<STRING>'",
        cause,
      );
    }
  }

  text(name: string, otherwise: string): string {
    return this.textOrNone(name) ?? otherwise;
  }

  textOrNone(name: string): string | undefined {
    return this.read.options[name];
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.textOrNone(name)?.toLowerCase();
    if (value === undefined) return otherwise;
    if (value === 'true' || value === 'false') return value === 'true';
    throw this.error(`read_files wants true or false for ${name}, not ${value}`, `write ${name} => true or ${name} => false`);
  }

  private character(name: string, otherwise: string): string {
    const value = (this.textOrNone(name) ?? otherwise).replace(/^\\t$/, '\t');
    if (value.length === 1 || (name === 'quote' && value === '')) return value;
    throw this.error(`read_files wants one character for ${name}, not '${value}'`, `write ${name} => '${otherwise}'`);
  }

  private error(message: string, hint: string, cause?: unknown) {
    return sourceError('LAKEFLOW_READ_OPTION', message, this.read.location, hint, cause);
  }
}
