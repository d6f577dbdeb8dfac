import { EventEmitter } from 'node:events';
import type { Connection } from 'mysql2';
import { commandPacket, type Packet, type Wire } from './wire';

const COM_QUERY = 0x03;
const NULL = 0xfb;

/** Takes a row: its values lie one after the other in `source`, each as text behind its length. */
export type TakeRow = (source: Buffer, at: number) => void;

/** A query whose rows arrive one by one. */
export interface RowStream {
  readonly ended: Promise<void>;
  /** Reads no more until `resume`: what has arrived is still handed over. */
  pause(): void;
  resume(): void;
}

/** Runs a query and hands over the bytes of each row: mysql2 would make an object a row and a string a value. */
export function queryRows(connection: Connection, sql: string, take: TakeRow): RowStream {
  const wire = connection as unknown as Wire;
  const ended = new Promise<void>((resolve, reject) => {
    wire.addCommand(new QueryCommand(sql, take, (error) => (error ? reject(error) : resolve())));
  });
  return { ended, pause: () => wire.stream.pause(), resume: () => wire.stream.resume() };
}

class QueryCommand extends EventEmitter {
  readonly onResult: (error: Error) => void;
  private state: 'asked' | 'columns' | 'rows' | undefined;

  constructor(
    private readonly sql: string,
    private readonly take: TakeRow,
    private readonly end: (error?: Error) => void,
  ) {
    super();
    this.onResult = end;
  }

  execute(packet: Packet | null, connection: Wire): boolean {
    if (!this.state || packet === null) {
      this.state = 'asked';
      connection._resetSequenceId();
      connection.writePacket(commandPacket(COM_QUERY, Buffer.from(this.sql)));
      return false;
    }
    if (packet.isError()) return this.finish(packet.asError(connection.clientEncoding));
    if (this.state === 'asked') this.state = 'columns';
    else if (packet.isEOF()) {
      if (this.state === 'rows') return this.finish();
      this.state = 'rows';
    } else if (this.state === 'rows') this.take(packet.buffer, packet.offset);
    return false;
  }

  private finish(error?: Error): boolean {
    this.end(error);
    return true;
  }

  stateName(): string {
    return 'rows';
  }
}

/** Walks over the values of a row. @param value called with each one's bytes; with -1 for NULL */
export function eachValue(
  source: Buffer,
  at: number,
  count: number,
  value: (index: number, start: number, end: number) => void,
): void {
  let from = at;
  for (let index = 0; index < count; index += 1) {
    const first = source[from]!;
    from += 1;
    if (first === NULL) {
      value(index, -1, -1);
      continue;
    }
    let length = first;
    if (first > NULL) {
      const size = first === 0xfc ? 2 : first === 0xfd ? 3 : 6;
      length = source.readUIntLE(from, size);
      from += first === 0xfe ? 8 : size;
    }
    value(index, from, from + length);
    from += length;
  }
}
