import { type INamespace, Root, type Type } from 'protobufjs';

/**
 * The part of the Spark Connect protocol that Lakewright speaks, as a reflection descriptor: one line a message, one entry a field
 * (`name: [number, type]`). Numbers are those of Apache Spark's public `spark/connect/*.proto`, version 4.1; a message leaves out
 * the fields that are not used, which protobuf allows.
 *
 * Two fields are `bytes` here and messages there, which is the same on the wire: `Plan.root` and `SqlCommandResult.relation`.
 * The relation that answers a SQL command is opaque and goes back byte for byte as the root of the next plan.
 *
 * Source: https://github.com/apache/spark/tree/master/sql/connect/common/src/main/protobuf/spark/connect
 */
type FieldType = string | { readonly repeated: string } | { readonly map: string };
type Fields = Readonly<Record<string, readonly [number: number, type: FieldType]>>;

const repeated = (type: string): FieldType => ({ repeated: type });
const stringMap: FieldType = { map: 'string' };

/** Who asks, in every request. */
const caller: Fields = { sessionId: [1, 'string'], userContext: [2, 'UserContext'] };

const MESSAGES: Readonly<Record<string, Fields>> = {
  UserContext: { userId: [1, 'string'], userName: [2, 'string'] },
  KeyValue: { key: [1, 'string'], value: [2, 'string'] },

  Plan: { root: [1, 'bytes'], command: [2, 'Command'] },
  Command: {
    writeOperation: [2, 'WriteOperation'],
    createDataframeView: [3, 'CreateDataFrameView'],
    sqlCommand: [5, 'SqlCommand'],
  },
  SqlCommand: { sql: [1, 'string'], input: [6, 'Relation'] },
  CreateDataFrameView: { input: [1, 'Relation'], name: [2, 'string'], isGlobal: [3, 'bool'], replace: [4, 'bool'] },
  WriteOperation: {
    input: [1, 'Relation'],
    source: [2, 'string'],
    path: [3, 'string'],
    mode: [5, 'int32'],
    options: [9, stringMap],
  },

  Relation: {
    read: [2, 'Read'],
    sql: [10, 'Sql'],
    localRelation: [11, 'LocalRelation'],
  },
  Sql: { query: [1, 'string'] },
  LocalRelation: { data: [1, 'bytes'], schema: [2, 'string'] },
  Read: { dataSource: [2, 'DataSource'] },
  DataSource: {
    format: [1, 'string'],
    schema: [2, 'string'],
    options: [3, stringMap],
    paths: [4, repeated('string')],
  },

  ExecutePlanRequest: { ...caller, plan: [3, 'Plan'], clientType: [4, 'string'], operationId: [6, 'string'] },
  ExecutePlanResponse: {
    arrowBatch: [2, 'ArrowBatch'],
    sqlCommandResult: [5, 'SqlCommandResult'],
    schema: [7, 'DataType'],
  },
  ArrowBatch: { data: [2, 'bytes'] },
  SqlCommandResult: { relation: [1, 'bytes'] },

  AnalyzePlanRequest: { ...caller, clientType: [3, 'string'], schema: [4, 'SchemaRequest'] },
  SchemaRequest: { plan: [1, 'Plan'] },
  AnalyzePlanResponse: { schema: [2, 'SchemaResponse'] },
  SchemaResponse: { schema: [1, 'DataType'] },

  ConfigRequest: { ...caller, operation: [3, 'ConfigOperation'], clientType: [4, 'string'] },
  ConfigOperation: { set: [1, 'ConfigSet'], getOption: [4, 'ConfigGetOption'] },
  ConfigSet: { pairs: [1, repeated('KeyValue')] },
  ConfigGetOption: { keys: [1, repeated('string')] },
  ConfigResponse: { pairs: [2, repeated('KeyValue')] },

  InterruptRequest: { ...caller, clientType: [3, 'string'], interruptType: [4, 'int32'], operationId: [6, 'string'] },
  InterruptResponse: { interruptedIds: [2, repeated('string')] },
  ReleaseSessionRequest: { ...caller, clientType: [3, 'string'] },
  ReleaseSessionResponse: { sessionId: [1, 'string'] },

  DataType: {
    null: [1, 'Empty'],
    binary: [2, 'Empty'],
    boolean: [3, 'Empty'],
    byte: [4, 'Empty'],
    short: [5, 'Empty'],
    integer: [6, 'Empty'],
    long: [7, 'Empty'],
    float: [8, 'Empty'],
    double: [9, 'Empty'],
    decimal: [10, 'DecimalType'],
    string: [11, 'Empty'],
    char: [12, 'LengthType'],
    varChar: [13, 'LengthType'],
    date: [14, 'Empty'],
    timestamp: [15, 'Empty'],
    timestampNtz: [16, 'Empty'],
    calendarInterval: [17, 'Empty'],
    yearMonthInterval: [18, 'Empty'],
    dayTimeInterval: [19, 'Empty'],
    array: [20, 'ArrayType'],
    struct: [21, 'StructType'],
    map: [22, 'MapType'],
    udt: [23, 'UserType'],
    unparsed: [24, 'UnparsedType'],
    variant: [25, 'Empty'],
    time: [28, 'Empty'],
  },
  Empty: {},
  DecimalType: { scale: [1, 'int32'], precision: [2, 'int32'] },
  LengthType: { length: [1, 'int32'] },
  ArrayType: { elementType: [1, 'DataType'] },
  StructType: { fields: [1, repeated('StructField')] },
  StructField: { name: [1, 'string'], dataType: [2, 'DataType'], nullable: [3, 'bool'] },
  MapType: { keyType: [1, 'DataType'], valueType: [2, 'DataType'] },
  UserType: { sqlType: [5, 'DataType'] },
  UnparsedType: { text: [1, 'string'] },

  /** google.rpc.Status and google.rpc.ErrorInfo: what `grpc-status-details-bin` carries. */
  RpcStatus: { code: [1, 'int32'], message: [2, 'string'], details: [3, repeated('RpcAny')] },
  RpcAny: { typeUrl: [1, 'string'], value: [2, 'bytes'] },
  ErrorInfo: { reason: [1, 'string'], domain: [2, 'string'], metadata: [3, stringMap] },
};

function descriptor(): INamespace {
  const nested = Object.entries(MESSAGES).map(([name, fields]) => [
    name,
    { fields: Object.fromEntries(Object.entries(fields).map(([field, [id, type]]) => [field, fieldOf(id, type)])) },
  ]);
  return { nested: Object.fromEntries(nested) };
}

function fieldOf(id: number, type: FieldType): Record<string, unknown> {
  if (typeof type === 'string') return { id, type };
  if ('map' in type) return { id, type: type.map, keyType: 'string' };
  return { id, type: type.repeated, rule: 'repeated' };
}

const root = Root.fromJSON(descriptor());

/** SaveMode.APPEND and InterruptType.OPERATION_ID of the protocol. */
export const SAVE_MODE_APPEND = 1;
export const INTERRUPT_OPERATION = 3;

/** Full method names of the service. */
export const METHOD = {
  executePlan: '/spark.connect.SparkConnectService/ExecutePlan',
  analyzePlan: '/spark.connect.SparkConnectService/AnalyzePlan',
  config: '/spark.connect.SparkConnectService/Config',
  interrupt: '/spark.connect.SparkConnectService/Interrupt',
  releaseSession: '/spark.connect.SparkConnectService/ReleaseSession',
} as const;

const types = new Map<string, Type>();

function messageType(name: string): Type {
  const known = types.get(name);
  if (known) return known;
  const type = root.lookupType(name);
  types.set(name, type);
  return type;
}

/** Wire bytes of a message given as a plain object with the names above. */
export function encodeMessage(name: string, value: object): Buffer {
  return Buffer.from(
    messageType(name)
      .encode(value as Record<string, unknown>)
      .finish(),
  );
}

/** A message from its wire bytes; fields that were not sent are absent. */
export function decodeMessage<T>(name: string, bytes: Uint8Array): T {
  return messageType(name).decode(bytes) as unknown as T;
}

/** How Spark describes a type: exactly one field is there. */
export interface DataTypeMessage {
  readonly decimal?: { readonly precision?: number; readonly scale?: number } | null;
  readonly char?: { readonly length: number } | null;
  readonly varChar?: { readonly length: number } | null;
  readonly array?: { readonly elementType: DataTypeMessage } | null;
  readonly struct?: { readonly fields: readonly { readonly name: string; readonly dataType: DataTypeMessage }[] } | null;
  readonly map?: { readonly keyType: DataTypeMessage; readonly valueType: DataTypeMessage } | null;
  readonly udt?: { readonly sqlType: DataTypeMessage } | null;
  readonly unparsed?: { readonly text: string } | null;
}

/** A relation to be read, as a plain object of the message `Relation`. */
export type RelationMessage =
  | { readonly sql: { readonly query: string } }
  | { readonly localRelation: { readonly data: Uint8Array; readonly schema: string } }
  | {
      readonly read: {
        readonly dataSource: {
          readonly format: string;
          readonly schema?: string;
          readonly options: Readonly<Record<string, string>>;
          readonly paths: readonly string[];
        };
      };
    };

export interface ExecutePlanResponse {
  readonly arrowBatch?: { readonly data: Uint8Array } | null;
  readonly sqlCommandResult?: { readonly relation?: Uint8Array } | null;
  readonly schema?: DataTypeMessage | null;
}
