export {
  certificateAuthority,
  type KeyAndCertificate,
  type ServerCertificate,
  selfSignedCertificate,
  serverCertificate,
} from './certificate';
export { endChild, killWithThisProcess } from './child';
export { groupMembers, identify, isAlive, type ProcessIdentity } from './identity';
export { holderText, type LockHolder, lockHolder, type ProcessLock, takeLock, withLock } from './lock';
export { sendSignal } from './signal';
