export {
  type BackendSettings,
  ENVIRONMENT_NAMES,
  type Environment,
  type EnvironmentName,
  type EnvironmentSettings,
  type Principal,
  validateEnvironment,
} from './environment';
export { EXIT, LakewrightError, type LakewrightErrorOptions, type SourceLocation } from './errors';
export { type LoadOptions, loadEnvironment } from './load';
export { bucketName, catalogName, DELIVERY_ROLE, ROLE_PATH, workspaceFolder } from './names';
export { allocatePorts, freePorts, type LocalPorts } from './ports';
export { childEnvironment, type ProcessEnvironment, processEnvironment, taskEnvironment } from './process-environment';
export { type LocalPaths, localPaths, projectRoot, pythonExecutable, stateFolder, synthFolder, toolsFolder } from './project';
export { systemsWithStack } from './stack-files';
export { requireStorage, storageFault } from './storage';
export { STACK_KINDS, type StackKind, type SystemManifest, type SystemRun, validateManifest } from './system-manifest';
export { requireSystemName } from './system-name';
export { readManifest, systemNames, systemsOf } from './systems';
export { atLeast } from './version';
