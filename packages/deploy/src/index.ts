export type { DeployedStack } from './deployed-stack';
export { findTerraform } from './find-terraform';
export { type SessionOptions, type StackChanges, StackSession, selectStacks } from './stacks';
export { type SynthesizedStack, type SynthOptions, synthesize, synthesizedStacks } from './synth';
export { offlineEnvironment, type Plan, type PlannedChange, Terraform } from './terraform';
