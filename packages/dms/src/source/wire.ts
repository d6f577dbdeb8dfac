import type { EventEmitter } from 'node:events';

/** A packet as mysql2 hands it to a command; its buffer is used again for the next one. */
export interface Packet {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
  isEOF(): boolean;
  isError(): boolean;
  asError(encoding: string): Error;
}

/** What mysql2's connection offers to a command, beyond its typings. */
export interface Wire {
  readonly stream: { pause(): void; resume(): void };
  readonly clientEncoding: string;
  addCommand(command: EventEmitter): void;
  writePacket(packet: object): void;
  _resetSequenceId(): void;
}

/** A command as mysql2 writes it. Source: MariaDB Knowledge Base, "0 - Packet": three bytes of length and the sequence before it. */
export function commandPacket(command: number, body: Buffer): object {
  const buffer = Buffer.concat([Buffer.from([0, 0, 0, 0, command]), body]);
  return {
    buffer,
    offset: 4,
    length: () => buffer.length,
    writeHeader: (sequence: number) => {
      buffer.writeUIntLE(buffer.length - 4, 0, 3);
      buffer[3] = sequence;
    },
  };
}
