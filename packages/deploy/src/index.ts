export {
  applyStacks,
  type DeployedStack,
  destroyStacks,
  planStacks,
  type StackChanges,
  type StackOptions,
  selectStacks,
  showStacks,
} from './stacks';
export { type SynthesizedStack, type SynthOptions, synthesize, synthesizedStacks } from './synth';
export { findTerraform, offlineEnvironment, type PlannedChange, Terraform } from './terraform';
