import { ROLE_PATH } from '@lakewright/config';
import type { LakewrightStack } from '../lakewright-stack';

/** The account's permissions boundary. */
export const BOUNDARY_NAME = 'lakewright-boundary';

/** The ARN of a role before it exists: breaks the cycle where the other side must be told first. */
export function roleArn(stack: LakewrightStack, roleName: string): string {
  return iamArn(stack, `role${ROLE_PATH}${roleName}`);
}

/** The ARN of the permissions boundary: every stack knows it, and none has to ask the foundation for it. */
export function boundaryArn(stack: LakewrightStack): string {
  return iamArn(stack, `policy/${BOUNDARY_NAME}`);
}

/** Anything of IAM in the stack's account, which is the same in every region. */
export function iamArn(stack: LakewrightStack, resource: string): string {
  const { partition, accountId } = stack.environment.aws;
  return `arn:${partition}:iam::${accountId}:${resource}`;
}
