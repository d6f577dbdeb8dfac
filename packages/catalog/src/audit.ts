import type { SystemRelation } from './relation';

/** Something that somebody did or was denied. */
export interface AuditEvent {
  readonly id: string;
  /** ISO time in UTC. */
  readonly time: string;
  /** Whoever asked. */
  readonly principal: string;
  /** As whom it was done, when that is somebody else: a pipeline's `run_as`. */
  readonly runAs?: string;
  readonly service: 'databrickssql' | 'deltaPipelines' | 'unityCatalog';
  readonly action: 'commandSubmit' | 'startUpdate' | 'updatePermissions';
  readonly params: Readonly<Record<string, string>>;
  /** 200 for what was done, 403 for what was denied, 400 for what failed. */
  readonly status: 200 | 400 | 403;
  readonly error?: string;
}

const SCHEMA = [
  'version STRING',
  'event_time TIMESTAMP',
  'event_date DATE',
  'user_identity STRUCT<email: STRING, subject_name: STRING>',
  'service_name STRING',
  'action_name STRING',
  'request_params MAP<STRING, STRING>',
  'response STRUCT<status_code: INT, error_message: STRING, result: STRING>',
  'audit_level STRING',
  'event_id STRING',
  'identity_metadata STRUCT<run_by: STRING, run_as: STRING>',
].join(', ');

/** `system.access.audit` ("Audit log system table reference", docs.databricks.com), those of its columns that there is something for. */
export function auditRelation(events: readonly AuditEvent[]): SystemRelation {
  const rows = events.map((event) => ({
    version: '2.0',
    event_time: event.time,
    event_date: event.time.slice(0, 10),
    user_identity: { email: event.principal, subject_name: null },
    service_name: event.service,
    action_name: event.action,
    request_params: event.params,
    response: { status_code: event.status, error_message: event.error ?? null, result: null },
    audit_level: 'WORKSPACE_LEVEL',
    event_id: event.id,
    identity_metadata: { run_by: event.principal, run_as: event.runAs ?? event.principal },
  }));
  return { schema: SCHEMA, rows };
}
