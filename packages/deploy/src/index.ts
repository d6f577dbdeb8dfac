export { type DeployedStack, type SessionOptions, type StackChanges, StackSession, selectStacks } from './stacks';
export { type SynthesizedStack, type SynthOptions, synthesize, synthesizedStacks } from './synth';
export { findTerraform, offlineEnvironment, type Plan, type PlannedChange, Terraform } from './terraform';
