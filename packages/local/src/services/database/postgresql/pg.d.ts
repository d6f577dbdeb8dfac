/** What is used of `pg`, which comes without types. */
declare module 'pg' {
  export interface ClientSettings {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password?: string;
    readonly database: string;
    readonly connectionTimeoutMillis?: number;
    readonly ssl?: { readonly ca: string };
  }
  export class Client {
    constructor(settings: ClientSettings);
    connect(): Promise<void>;
    query<T>(sql: string, values?: readonly unknown[]): Promise<{ rows: T[] }>;
    escapeIdentifier(name: string): string;
    escapeLiteral(text: string): string;
    end(): Promise<void>;
  }
}
