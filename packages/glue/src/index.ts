export { GLUE_VERSION } from './definition';
export { type Glue, type GlueOptions, startGlue } from './glue';
export type { SparkInstallation } from './session';
