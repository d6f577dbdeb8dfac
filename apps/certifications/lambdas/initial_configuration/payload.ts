import * as z from 'zod/mini';

const identifier = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9_]{0,31}$/, 'must be a name of a-z, 0-9 and "_", 32 characters at most'));
const SIZE = String.raw`\(\d+(,\d+)?\)`;
const CHOICES = String.raw`\('[\w -]+'(,'[\w -]+')*\)`;
const columnType = z
  .string()
  .check(
    z.regex(new RegExp(`^[a-z]+(${SIZE}|${CHOICES})?( unsigned)?$`), 'must be a type such as decimal(10,2) or bigint unsigned'),
  );
/** The time of the statement, which is the only default that a table here needs. */
const now = z.enum(['current_timestamp', 'current_timestamp(3)', 'current_timestamp(6)']);

const column = z.strictObject({
  name: identifier,
  type: columnType,
  nullable: z._default(z.boolean(), false),
  auto_increment: z._default(z.boolean(), false),
  default: z.optional(now),
  on_update: z.optional(now),
  /** `table` whose primary key it holds. */
  references: z.optional(identifier),
});

/** One row: decimals as text, so that no digit is lost; documents as objects. */
const row = z.record(identifier, z.union([z.null(), z.boolean(), z.number(), z.string(), z.record(z.string(), z.json())]));

const table = z.strictObject({
  name: identifier,
  columns: z.array(column).check(z.minLength(1)),
  primary_key: z.array(identifier).check(z.minLength(1)),
  /** Put in once, when the configuration is applied for the first time. */
  rows: z._default(z.array(row), []),
});

const configuration = z.strictObject({
  kind: z.literal('initial_configuration'),
  /** How long RDS keeps the binary log: longer than DMS may be down. */
  binlog_retention_hours: z.int().check(z.minimum(1), z.maximum(168)),
  users: z.strictObject({ replication: identifier, application: identifier }),
  tables: z.array(table).check(z.minLength(1)),
});

const upserts = z.strictObject({
  kind: z.literal('upserts'),
  changes: z
    .array(
      z.strictObject({
        table: identifier,
        /** Whole rows, or the primary key and what changes. */
        upsert: z._default(z.array(row), []),
        /** Primary keys. */
        delete: z._default(z.array(row), []),
      }),
    )
    .check(z.minLength(1)),
});

const schema = z.discriminatedUnion('kind', [configuration, upserts]);

/** `initial_configuration.json`: schema, users, tables and first rows. */
export type Configuration = z.infer<typeof configuration>;
/** `apply_upserts.json`: changes in one transaction. */
export type Upserts = z.infer<typeof upserts>;
export type Table = z.infer<typeof table>;
export type Column = z.infer<typeof column>;
export type Row = z.infer<typeof row>;

/** A payload that breaks a rule; each line names the field and the rule. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}

/**
 * Reads the event of an invocation.
 *
 * @throws PayloadError naming every field that breaks a rule
 */
export function readPayload(event: unknown): Configuration | Upserts {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`);
  throw new PayloadError(problems.join('\n'));
}
