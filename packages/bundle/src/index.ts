export { type Bundle, type BundleFile, type BundleOptions, bundleOf, type LeftOut } from './bundle';
export { checkBundle } from './check';
export type { StackDocument } from './stack-document';
export { writeBundle } from './write';
