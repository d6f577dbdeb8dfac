import type { Value } from '../values/value';
import type { ComputedResource } from './computed-resource';

/**
 * How a computed attribute comes about: a template or a function.
 *
 * A template's `{...}` are attributes of the same resource (`{name}`, `{aws_iam_role.role_arn}`), what the provider is configured
 * with (`{partition}`, `{account}`, `{workspace}`: the workspace's address), or stable made-up texts: `{hex:17}`, `{digits:15}`,
 * `{upper:17}`, `{uuid}`.
 */
export type Rule = string | ((resource: ComputedResource) => Value);

/** Rules of a resource type by attribute; nested ones by dotted path. */
export type Rules = Readonly<Record<string, Rule>>;
