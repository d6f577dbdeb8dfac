import { LakewrightError } from '@lakewright/config';

/** "Every resource", where AWS leaves no other choice: carries the reason. */
export class EveryResource {
  constructor(readonly reason: string) {}
}

/** In a key policy, `*` is the key that the policy belongs to. */
export const THIS_KEY = new EveryResource('in a key policy * is the key itself');

export interface Principals {
  /** ARNs or account numbers; `*` only in a Deny, or where a condition names the account. */
  readonly aws?: readonly string[];
  readonly services?: readonly string[];
  readonly federated?: readonly string[];
}

export interface PolicyStatement {
  /** What it is for, in UpperCamelCase. */
  readonly sid: string;
  /** @default Allow */
  readonly effect?: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** ARNs. @default none, as trust policies have it */
  readonly resources?: readonly string[] | EveryResource;
  /** Only in policies of resources and in trust policies. */
  readonly principals?: Principals;
  /** Operator -> key -> values. @default none */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Something that can be given permissions. */
export interface Grantee {
  addToPolicy(...statements: PolicyStatement[]): void;
}

/**
 * An IAM policy as JSON, the same text for the same statements.
 *
 * @throws LakewrightError CONSTRUCT_POLICY when a statement allows more than it can name
 */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  for (const statement of statements) {
    validateSid(statement);
    validateActions(statement);
    validateResources(statement);
    validatePrincipals(statement);
  }
  return JSON.stringify({ Version: '2012-10-17', Statement: statements.map(toJson) });
}

/** Most characters of a managed policy, and of the inline policies of a role, blanks not counted (IAM User Guide, "IAM and AWS STS quotas"). */
const MANAGED_POLICY_SIZE = 6144;
export const INLINE_POLICY_SIZE = 10_240;

/**
 * A managed policy as JSON.
 *
 * @throws LakewrightError CONSTRUCT_POLICY when it is larger than IAM takes
 */
export function managedPolicyDocument(statements: readonly PolicyStatement[]): string {
  const document = policyDocument(statements);
  if (document.length <= MANAGED_POLICY_SIZE) return document;
  throw new LakewrightError(
    'CONSTRUCT_POLICY',
    `managed policy: must be ${MANAGED_POLICY_SIZE} characters at most (got ${document.length})`,
    { hint: 'split it in two: a role takes ten' },
  );
}

/** Refuses every call of the resource that does not come over TLS. */
export function denyInsecureTransport(service: string, resources: readonly string[]): PolicyStatement {
  return {
    sid: 'DenyInsecureTransport',
    effect: 'Deny',
    principals: { aws: ['*'] },
    actions: [`${service}:*`],
    resources,
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

function toJson(statement: PolicyStatement) {
  const { sid, effect = 'Allow', principals, actions, resources, conditions } = statement;
  return {
    Sid: sid,
    Effect: effect,
    ...(principals && { Principal: principalsJson(principals) }),
    Action: actions,
    ...(resources && { Resource: resources instanceof EveryResource ? '*' : resources }),
    ...(conditions && { Condition: conditions }),
  };
}

function principalsJson({ aws, services, federated }: Principals) {
  return { ...(aws && { AWS: aws }), ...(services && { Service: services }), ...(federated && { Federated: federated }) };
}

function validateSid({ sid }: PolicyStatement): void {
  if (/^[A-Za-z0-9]+$/.test(sid)) return;
  throw new LakewrightError('CONSTRUCT_POLICY', `sid: must be letters and digits only (got "${sid}")`);
}

function validateActions({ sid, effect, actions }: PolicyStatement): void {
  const wide = actions.find((action) => action === '*' || action.endsWith(':*'));
  if (effect === 'Deny' || (actions.length > 0 && wide === undefined)) return;
  throw new LakewrightError(
    'CONSTRUCT_POLICY',
    `statement ${sid}, actions: must name each action that is allowed (got ${wide ?? 'none'})`,
    { hint: 'list the actions the code really calls' },
  );
}

function validateResources({ sid, effect, resources }: PolicyStatement): void {
  if (effect === 'Deny' || resources instanceof EveryResource || !resources?.includes('*')) return;
  throw new LakewrightError('CONSTRUCT_POLICY', `statement ${sid}, resources: must not be "*" without a reason (got "*")`, {
    hint: "name the ARN, or new EveryResource('why AWS leaves no other choice')",
  });
}

/** Policies of VPC endpoints take no principal but everybody (VPC User Guide, "Control access ... using endpoint policies"). */
function validatePrincipals({ sid, effect, principals, conditions }: PolicyStatement): void {
  const everybodyOfAccount = conditions?.StringEquals?.['aws:PrincipalAccount'] !== undefined;
  if (effect === 'Deny' || everybodyOfAccount || !principals?.aws?.includes('*')) return;
  throw new LakewrightError(
    'CONSTRUCT_POLICY',
    `statement ${sid}, principals: everybody may only be denied, or held to an account by aws:PrincipalAccount (got "*")`,
    {
      hint: 'name the account, the role or the service',
    },
  );
}
