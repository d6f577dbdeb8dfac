export type { StandinKit, StandinProvider } from './kit/kit';
export { type PrepareOptions, prepareStandins } from './kit/prepare';
export { linkStandins } from './mirror/link';
export { type RunningStandins, startStandins } from './serve/start';
