import { DELIVERY_ROLE, ENVIRONMENT_NAMES, EXIT, LakewrightError, loadEnvironment, ROLE_PATH } from '@lakewright/config';

/** Where a branch is deployed to, and as whom. */
export interface Delivery {
  readonly environment: string;
  /** Name of the environment in GitHub, with its reviewers. */
  readonly githubEnvironment: string;
  /** ARN of the role that the delivery assumes. */
  readonly role: string;
  readonly region: string;
  readonly databricksHost: string;
}

/** @throws LakewrightError CLI_NO_ENVIRONMENT when no environment is delivered from the branch (exit 2) */
export async function deliveryOf(branch: string): Promise<Delivery> {
  for (const name of ENVIRONMENT_NAMES) {
    const environment = await loadEnvironment({ name, offline: false });
    if (environment.delivery?.branch !== branch) continue;
    const { aws, databricks, delivery } = environment;
    return {
      environment: name,
      githubEnvironment: delivery.githubEnvironment,
      role: `arn:${aws.partition}:iam::${aws.accountId}:role${ROLE_PATH}${DELIVERY_ROLE}`,
      region: aws.region,
      databricksHost: databricks.host,
    };
  }
  throw new LakewrightError('CLI_NO_ENVIRONMENT', `no environment is delivered from the branch "${branch}"`, {
    hint: 'packages/config/src/environments names the branches',
    exitCode: EXIT.usage,
  });
}
