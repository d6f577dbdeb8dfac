export { type AuditEvent, auditRelation } from './audit';
export { authorize, DeniedError, denied, lackingOf } from './authorize';
export { ADMIN, Directory, type DirectoryEntry, EVERYBODY, type Identity } from './directory';
export { type Described, INFORMATION_SCHEMA, type TableColumn, visibleGrants } from './information-schema';
export { Journal } from './journal';
export { type LineageEnd, type LineageEvent, lineageRelation } from './lineage';
export { type Grant, type GrantSet, type HeldGrant, Metastore } from './metastore';
export { type Action, type Need, needsOf } from './needs';
export { type Privilege, parsePrivilege, privilegesOn } from './privilege';
export type { SystemRelation } from './relation';
export {
  containersOf,
  KINDS,
  type Kind,
  keyOf,
  METASTORE,
  type Origin,
  type RelationType,
  ref,
  type Securable,
  type SecurableRef,
  titleOf,
} from './securable';
