export type { DeployedStack } from './deployed-stack';
export { findTerraform } from './find-terraform';
export { selectStacks, stacksOfSystem, withDependencies } from './select-stacks';
export { type SessionOptions, type StackChanges, StackSession } from './stack-session';
export { type StateLocation, stateLocation } from './state-location';
export { type SynthesizedStack, type SynthOptions, synthesize, synthesizedStacks, synthesizedTypes } from './synth';
export { offlineEnvironment, type Plan, type PlannedChange, Terraform } from './terraform';
