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
export { bucketName, catalogName, workspaceFolder } from './names';
export { allocatePorts, type LocalPorts } from './ports';
export { childEnvironment, type ProcessEnvironment, processEnvironment } from './process-environment';
export { type LocalPaths, localPaths, projectRoot, pythonExecutable, stateFolder, synthFolder, toolsFolder } from './project';
export { requireStorage, storageFault } from './storage';
export { systemNames, systemsOf } from './systems';
