import { randomUUID } from 'node:crypto';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { EngineError, firstLine } from './engine-error';
import {
  type DataTypeMessage,
  decodeMessage,
  type ExecutePlanResponse,
  encodeMessage,
  INTERRUPT_OPERATION,
  METHOD,
} from './protocol';

const CLIENT_TYPE = 'lakewright';
const UNLIMITED = -1;
const READY_STEP = 250;

/** What one ExecutePlan answered: the schema, the Arrow streams in order, and for a SQL command the relation to read. */
export interface Execution {
  schema?: DataTypeMessage;
  readonly batches: Uint8Array[];
  relation?: Uint8Array;
}

/**
 * One gRPC connection and one session: the calls of the Spark Connect service, errors turned into `EngineError`. Calls may overlap.
 * A plan that is refused because the connection broke is not sent again: nobody knows whether it ran.
 */
export class SparkConnectChannel {
  private readonly client: Client;
  private readonly address: string;
  private readonly caller: object;
  private closed = false;
  private readonly interrupted = new Set<string>();
  private readonly running = new Map<string, { cancel(): void }>();

  constructor(host: string, port: number, sessionId: string) {
    this.address = `${host}:${port}`;
    this.caller = { sessionId, userContext: { userId: CLIENT_TYPE, userName: CLIENT_TYPE }, clientType: CLIENT_TYPE };
    this.client = new Client(this.address, credentials.createInsecure(), {
      'grpc.max_receive_message_length': UNLIMITED,
      'grpc.max_send_message_length': UNLIMITED,
      'grpc.enable_retries': 0,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1000,
    });
  }

  /** Runs a plan to its end and keeps what it answered. `statement` is for messages only. */
  execute(plan: object, statement: string): Promise<Execution> {
    const operationId = randomUUID();
    const execution: Execution = { batches: [] };
    return new Promise<Execution>((resolve, reject) => {
      const stream = this.client.makeServerStreamRequest<object, ExecutePlanResponse>(
        METHOD.executePlan,
        (request) => encodeMessage('ExecutePlanRequest', request),
        (bytes) => decodeMessage('ExecutePlanResponse', bytes),
        { ...this.caller, plan, operationId },
        new Metadata(),
      );
      this.running.set(operationId, stream);
      stream.on('data', (response: ExecutePlanResponse) => collect(execution, response));
      stream.on('end', () => {
        // Sail ends the answer of an interrupted plan as if it were complete.
        if (this.interrupted.has(operationId)) reject(cancelled(statement));
        else resolve(execution);
      });
      stream.on('error', (error: ServiceError) => {
        reject(this.interrupted.has(operationId) ? cancelled(statement, error) : this.explain(error, statement));
      });
    }).finally(() => {
      this.running.delete(operationId);
      this.interrupted.delete(operationId);
    });
  }

  /** The schema that a plan would have. */
  async analyze(plan: object, statement: string): Promise<DataTypeMessage> {
    const answer = await this.call<{ schema?: { schema: DataTypeMessage } }>(
      METHOD.analyzePlan,
      'AnalyzePlan',
      { schema: { plan } },
      statement,
    );
    return answer.schema?.schema ?? {};
  }

  /** A setting of the session, undefined when it was never set. */
  async getConfig(key: string): Promise<string | undefined> {
    const operation = { getOption: { keys: [key] } };
    const answer = await this.call<{ pairs: { value?: string }[] }>(METHOD.config, 'Config', { operation });
    return answer.pairs[0]?.value || undefined;
  }

  async setConfig(settings: Readonly<Record<string, string>>): Promise<void> {
    const pairs = Object.entries(settings).map(([key, value]) => ({ key, value }));
    await this.call(METHOD.config, 'Config', { operation: { set: { pairs } } });
  }

  /** Asks the engine to stop every plan of this value that is running. */
  async interrupt(): Promise<void> {
    const interrupts = [...this.running.keys()].map((operationId) => {
      this.interrupted.add(operationId);
      return this.call(METHOD.interrupt, 'Interrupt', { interruptType: INTERRUPT_OPERATION, operationId });
    });
    await Promise.all(interrupts);
  }

  async releaseSession(): Promise<void> {
    await this.call(METHOD.releaseSession, 'ReleaseSession', {});
  }

  /** Closes the connection; calls under way fail with ENGINE_CANCELLED. */
  close(): void {
    this.closed = true;
    for (const stream of this.running.values()) stream.cancel();
    this.client.close();
  }

  /** Waits until the server answers. @throws EngineError ENGINE_UNAVAILABLE after `timeout` ms, or when the connection is closed */
  async ready(timeout: number): Promise<void> {
    const end = Date.now() + timeout;
    for (;;) {
      const error = await this.readyBy(Math.min(end, Date.now() + READY_STEP));
      if (!error) return;
      if (this.closed || Date.now() >= end) throw this.unavailable(error);
    }
  }

  /** One step of waiting. gRPC keeps a timer until the deadline even when the connection is closed, and so a process alive. */
  private readyBy(deadline: number): Promise<Error | undefined> {
    return new Promise((resolve) => this.client.waitForReady(deadline, resolve));
  }

  private call<T>(method: string, message: string, fields: object, statement?: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.client.makeUnaryRequest<object, T>(
        method,
        (request) => encodeMessage(`${message}Request`, request),
        (bytes) => decodeMessage<T>(`${message}Response`, bytes),
        { ...this.caller, ...fields },
        (error, answer) => {
          if (error) reject(this.explain(error, statement));
          else resolve(answer as T);
        },
      );
    });
  }

  private explain(error: ServiceError, statement = ''): EngineError {
    if (error.code === status.UNAVAILABLE) return this.unavailable(error, statement);
    if (error.code === status.CANCELLED || error.code === status.ABORTED) return cancelled(statement, error);
    const details = { ...errorDetails(error), statement, cause: error };
    const message = `${(error.details || error.message).trim()}\n  in: ${firstLine(statement)}`;
    if (!isConflict(details, message)) return new EngineError('ENGINE_SQL', message, details);
    const hint = 'another writer changed the same table: run the statement again';
    return new EngineError('ENGINE_CONFLICT', message, { ...details, hint });
  }

  private unavailable(cause: Error, statement?: string): EngineError {
    const during = !statement ? '' : ` during: ${firstLine(statement)}`;
    return new EngineError('ENGINE_UNAVAILABLE', `no answer from the SQL engine at ${this.address}${during}`, {
      hint: 'is it running? `lakewright up` starts it, `lakewright logs sail` tells why it stopped',
      statement,
      cause,
    });
  }
}

function cancelled(statement: string, cause?: unknown): EngineError {
  return new EngineError('ENGINE_CANCELLED', `cancelled: ${firstLine(statement)}`, { statement, cause });
}

function collect(execution: Execution, response: ExecutePlanResponse): void {
  if (response.schema) execution.schema = response.schema;
  if (response.arrowBatch) execution.batches.push(response.arrowBatch.data);
  if (response.sqlCommandResult) execution.relation = response.sqlCommandResult.relation ?? new Uint8Array();
}

/** What real Spark tells about an error beside its text: class and SQLSTATE. */
function errorDetails(error: ServiceError): { errorClass?: string; sqlState?: string } {
  const [bytes] = error.metadata?.get('grpc-status-details-bin') ?? [];
  if (!(bytes instanceof Uint8Array)) return {};
  const rpcStatus = decodeMessage<{ details: { typeUrl: string; value: Uint8Array }[] }>('RpcStatus', bytes);
  const info = rpcStatus.details.find((detail) => detail.typeUrl.endsWith('google.rpc.ErrorInfo'));
  if (!info) return {};
  const { metadata } = decodeMessage<{ metadata: Record<string, string> }>('ErrorInfo', info.value);
  return { errorClass: metadata.errorClass, sqlState: metadata.sqlState };
}

/** Delta on Spark names its conflicts; Sail has only the sentence (checked with pysail 0.7.2). */
function isConflict(details: { errorClass?: string }, message: string): boolean {
  return /^DELTA_CONCURRENT/.test(details.errorClass ?? '') || /Failed to commit transaction/i.test(message);
}
