import {
  type Data,
  type Date_,
  DateUnit,
  type Decimal,
  type Map_,
  RecordBatchReader,
  type Timestamp,
  TimeUnit,
  Type,
  Vector,
} from 'apache-arrow';
import { EngineError } from './engine-error';
import { dateText, decimalText, distinctNames, setOwn, timestampText } from './spark-value';

/** The value at an index of one column of one batch. */
type Reader = (index: number) => unknown;

/**
 * Rows of an Arrow IPC stream as plain values (see `QueryResult`). Values are read from the buffers themselves: Arrow's own
 * accessors round timestamps to milliseconds and hand out decimals as words.
 *
 * @param names one distinct name a column, in order
 * @throws EngineError ENGINE_TYPE for compressed batches and for types that have no plain value (intervals, unions)
 */
export function readRows(ipc: Uint8Array, names: readonly string[]): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = [];
  for (const batch of openStream(ipc)) {
    const readers = batch.data.children.map((child) => reader(child));
    for (let index = 0; index < batch.numRows; index += 1) {
      const row: Record<string, unknown> = {};
      for (let column = 0; column < readers.length; column += 1) setOwn(row, names[column] ?? '', readers[column]!(index));
      rows.push(row);
    }
  }
  return rows;
}

/** Buffers must start at a multiple of eight bytes, which a slice of a gRPC frame seldom does. */
function openStream(ipc: Uint8Array): RecordBatchReader {
  const aligned = ipc.byteOffset % 8 === 0 ? ipc : new Uint8Array(ipc);
  try {
    return RecordBatchReader.from(aligned);
  } catch (cause) {
    throw new EngineError('ENGINE_TYPE', 'the engine sent a result that is no readable Arrow stream', {
      hint: 'set spark.sql.execution.arrow.compression.codec to none on the server',
      cause,
    });
  }
}

function reader(data: Data): Reader {
  if (data.type.typeId === Type.Null) return () => null;
  const value = valueReader(data);
  return data.nullCount === 0 ? value : (index) => (data.getValid(index) ? value(index) : null);
}

function valueReader(data: Data): Reader {
  switch (data.type.typeId) {
    case Type.Bool:
      return (index) => (data.values[(index + data.offset) >> 3] & (1 << ((index + data.offset) & 7))) !== 0;
    case Type.Int:
    case Type.Float:
      return (index) => data.values[index];
    case Type.Utf8:
    case Type.LargeUtf8:
      return textReader(data);
    case Type.Binary:
    case Type.LargeBinary:
      return (index) =>
        new Uint8Array(data.values.subarray(Number(data.valueOffsets[index]), Number(data.valueOffsets[index + 1])));
    case Type.Date:
      return dateReader(data);
    case Type.Timestamp:
      return timestampReader(data as Data<Timestamp>);
    case Type.Decimal:
      return decimalReader(data as Data<Decimal>);
    case Type.List:
    case Type.LargeList:
      return listReader(data);
    case Type.Struct:
      return structReader(data);
    case Type.Map:
      return mapReader(data as Data<Map_>);
    case Type.Utf8View:
    case Type.BinaryView:
    case Type.Dictionary: {
      const vector = new Vector([data]);
      return (index) => vector.get(index);
    }
    default:
      throw new EngineError('ENGINE_TYPE', `a column of type ${data.type} has no plain value`, {
        hint: 'cast it to STRING in the query',
      });
  }
}

function textReader(data: Data): Reader {
  const bytes = Buffer.from(data.values.buffer, data.values.byteOffset, data.values.byteLength);
  const offsets = data.valueOffsets;
  return (index) => bytes.toString('utf8', Number(offsets[index]), Number(offsets[index + 1]));
}

function dateReader(data: Data): Reader {
  if ((data as Data<Date_>).type.unit === DateUnit.DAY) return (index) => dateText(data.values[index]);
  return (index) => dateText(Math.floor(Number(data.values[index]) / 86_400_000));
}

/** TIMESTAMP carries a time zone in Arrow and is an instant; TIMESTAMP_NTZ carries none and is a wall clock, so no `Z`. */
function timestampReader(data: Data<Timestamp>): Reader {
  const values = int64s(data.values);
  const text = data.type.timezone ? timestampText : (micros: bigint) => timestampText(micros).slice(0, -1);
  switch (data.type.unit) {
    case TimeUnit.SECOND:
      return (index) => text(values[index]! * 1_000_000n);
    case TimeUnit.MILLISECOND:
      return (index) => text(values[index]! * 1000n);
    case TimeUnit.MICROSECOND:
      return (index) => text(values[index]!);
    default:
      return (index) => text(values[index]! / 1000n);
  }
}

function int64s(values: ArrayBufferView): BigInt64Array {
  return new BigInt64Array(values.buffer, values.byteOffset, values.byteLength / 8);
}

function decimalReader(data: Data<Decimal>): Reader {
  const words = data.type.bitWidth / 64;
  const { scale } = data.type;
  const low = new BigUint64Array(data.values.buffer, data.values.byteOffset, data.values.byteLength / 8);
  return (index) => {
    let unscaled = 0n;
    for (let word = words - 1; word >= 0; word -= 1) unscaled = (unscaled << 64n) | low[index * words + word]!;
    return decimalText(BigInt.asIntN(words * 64, unscaled), scale);
  };
}

function listReader(data: Data): Reader {
  const element = reader(data.children[0]!);
  return (index) => {
    const end = Number(data.valueOffsets[index + 1]);
    const list: unknown[] = [];
    for (let at = Number(data.valueOffsets[index]); at < end; at += 1) list.push(element(at));
    return list;
  };
}

function structReader(data: Data): Reader {
  const names = distinctNames(data.type.children.map((field: { name: string }) => field.name));
  const readers = data.children.map((child) => reader(child));
  return (index) => {
    const struct: Record<string, unknown> = {};
    readers.forEach((read, field) => {
      setOwn(struct, names[field]!, read(index));
    });
    return struct;
  };
}

/** Keys become property names: numbers and decimals as their digits, structs and arrays as JSON. */
function mapReader(data: Data<Map_>): Reader {
  const entries = data.children[0]!;
  const key = reader(entries.children[0]!);
  const value = reader(entries.children[1]!);
  return (index) => {
    const map: Record<string, unknown> = {};
    const end = Number(data.valueOffsets[index + 1]);
    for (let at = Number(data.valueOffsets[index]); at < end; at += 1) setOwn(map, keyText(key(at)), value(at));
    return map;
  };
}

function keyText(key: unknown): string {
  if (typeof key !== 'object' || key === null) return String(key);
  return JSON.stringify(key, (_, value) => (typeof value === 'bigint' ? value.toString() : value));
}
