import { ENVIRONMENT_NAMES, EXIT, LakewrightError, loadEnvironment } from '@lakewright/config';
import { type Command, Option } from 'commander';

/** `select`: which environment a branch deploys, for the delivery workflow. */
export function addSelectCommand(program: Command): void {
  program
    .command('select')
    .description('Tell which environment a branch deploys, and by which role')
    .requiredOption('--branch <branch>', 'the branch that was merged to')
    .addOption(
      new Option('--format <format>', 'github prints name=value lines for the output of a step')
        .choices(['json', 'github'])
        .default('json'),
    )
    .addHelpText('after', '\nExample:\n  lakewright select --branch main')
    .action(async (options: { branch: string; format: string }) => {
      const selection = await selectEnvironment(options.branch);
      const text =
        options.format === 'github'
          ? Object.entries(selection)
              .map(([name, value]) => `${name}=${value}`)
              .join('\n')
          : JSON.stringify(selection, undefined, 2);
      process.stdout.write(`${text}\n`);
    });
}

/** @throws LakewrightError CLI_NO_ENVIRONMENT when no environment is delivered from the branch (exit 2) */
export async function selectEnvironment(branch: string): Promise<Record<string, string>> {
  for (const name of ENVIRONMENT_NAMES) {
    const environment = await loadEnvironment({ name, offline: false });
    if (environment.delivery?.branch !== branch) continue;
    const { aws, databricks, delivery } = environment;
    return {
      environment: name,
      github_environment: delivery.githubEnvironment,
      role: `arn:${aws.partition}:iam::${aws.accountId}:role/lakewright-deploy`,
      region: aws.region,
      databricks_host: databricks.host,
      stacks: '*',
    };
  }
  throw new LakewrightError('CLI_NO_ENVIRONMENT', `no environment is delivered from the branch "${branch}"`, {
    hint: 'packages/config/src/environments names the branches',
    exitCode: EXIT.usage,
  });
}
