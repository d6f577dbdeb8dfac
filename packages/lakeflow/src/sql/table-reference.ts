import type { FileRead, QualifiedName, TableRead } from './ast';
import type { Cursor } from './cursor';
import { parseLiteral } from './literals';
import { parseIdentifier, parseQualifiedName } from './names';
import { syntaxError, unsupported } from './syntax-error';
import type { Token } from './tokenizer';

/** A table function that reads no table (`range`, `explode` ...); the cursor stands at its arguments. */
export interface TableFunction {
  readonly kind: 'function';
  readonly name: string;
}

const FILE_FORMATS = ['parquet', 'delta', 'json', 'csv', 'text', 'orc', 'avro', 'binaryfile'];
/** Functions that read something this runtime has no reader for. */
const UNREADABLE: Readonly<Record<string, string>> = {
  cloud_files: 'write STREAM read_files(path, format => ...)',
  read_kafka: 'land the topic as files and read those with STREAM read_files(...)',
  read_kinesis: 'land the stream as files and read those with STREAM read_files(...)',
  read_pubsub: 'land the topic as files and read those with STREAM read_files(...)',
  read_pulsar: 'land the topic as files and read those with STREAM read_files(...)',
  read_statestore: 'read the table itself',
  table_changes: 'read the table with STREAM',
  event_log: 'query the event log with `lakewright events <pipeline>`',
};

/**
 * A table, a file source or a table function in FROM, with or without STREAM ("STREAM keyword" and "read_files table-valued
 * function", docs.databricks.com). Ranges count from `offset` in the parsed text.
 */
export function parseTableReference(cursor: Cursor, offset: number): TableRead | FileRead | TableFunction {
  const start = cursor.current.start - offset;
  if (!atStream(cursor)) return reference(cursor, { start, offset, streaming: false });
  const stream = cursor.next();
  if (!cursor.isSymbol('(')) return streamed(reference(cursor, { start, offset, streaming: true }), stream);
  const close = cursor.partnerOf(cursor.index);
  cursor.next();
  if (cursor.isSymbol('(') || cursor.isKeywords('SELECT') || cursor.isKeywords('WITH')) {
    throw syntaxError(
      cursor.current.location,
      'STREAM reads a table or read_files(...), not a query',
      'put STREAM into the FROM of that query',
    );
  }
  const found = streamed(reference(cursor, { start, offset, streaming: true }), stream);
  if (cursor.index !== close) throw cursor.unexpected('")" after what STREAM reads');
  cursor.next();
  return { ...found, range: [start, cursor.at(close).end - offset] };
}

/** A table may be called stream: then nothing that can be read follows. */
function atStream(cursor: Cursor): boolean {
  if (!cursor.isKeywords('STREAM') || cursor.isSymbol('.', 1)) return false;
  const after = cursor.peek();
  return (
    after.text === '(' ||
    after.kind === 'quoted' ||
    (after.kind === 'word' && !['AS', 'WHERE', 'JOIN', 'ON'].includes(after.keyword))
  );
}

function streamed(found: TableRead | FileRead | TableFunction, stream: Token): TableRead | FileRead {
  if (found.kind !== 'function') return found;
  throw syntaxError(stream.location, `STREAM cannot read ${found.name}(...)`, 'it reads a table or read_files(...)');
}

interface Place {
  readonly start: number;
  readonly offset: number;
  readonly streaming: boolean;
}

function reference(cursor: Cursor, { start, offset, streaming }: Place): TableRead | FileRead | TableFunction {
  const name = parseQualifiedName(cursor, 'a table');
  if (cursor.isSymbol('(')) return functionReference(cursor, name, { start, offset, streaming });
  refuseFileName(cursor, name);
  return { kind: 'table', name, streaming, aliased: false, range: [start, cursor.peek(-1).end - offset] };
}

function refuseFileName(cursor: Cursor, { parts, location }: QualifiedName): void {
  if (parts.length !== 2 || cursor.peek(-1).kind !== 'quoted' || !FILE_FORMATS.includes(parts[0]!.toLowerCase())) return;
  const format = parts[0]!.toLowerCase();
  throw unsupported(
    location,
    'files cannot be read by a name like a table',
    `write read_files('${parts[1]}', format => '${format}')`,
  );
}

function functionReference(cursor: Cursor, name: QualifiedName, place: Place): FileRead | TableFunction {
  const called = name.parts.join('.').toLowerCase();
  if (called === 'read_files') return fileRead(cursor, name, place);
  const wayOut = UNREADABLE[called];
  if (wayOut) throw unsupported(name.location, `${called}(...) is not supported`, wayOut);
  return { kind: 'function', name: called };
}

/** `read_files(path, name => value, ...)`: the path and every option must be literals, because files are listed before the query runs. */
function fileRead(cursor: Cursor, { location }: QualifiedName, { start, offset, streaming }: Place): FileRead {
  cursor.expectSymbol('(');
  const path = parseLiteral(cursor, 'the path of the files');
  const options: Record<string, string> = {};
  while (cursor.acceptSymbol(',')) {
    const option = parseIdentifier(cursor, 'the name of an option');
    const name = option.value.toLowerCase();
    if (Object.hasOwn(options, name))
      throw syntaxError(option.location, `the option ${option.value} is given twice`, 'remove one');
    if (cursor.isSymbol('=')) throw cursor.unexpected('"=>" between an option and its value');
    cursor.expectSymbol('=>');
    options[name] = parseLiteral(cursor, `the value of ${option.value}`);
  }
  const close = cursor.expectSymbol(')');
  return { kind: 'files', path, options, streaming, location, range: [start, close.end - offset] };
}
