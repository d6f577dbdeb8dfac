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
      const { deliveryOf } = await import('@lakewright/workflow');
      const { environment, githubEnvironment, role, region, databricksHost } = await deliveryOf(options.branch);
      const selection = {
        environment,
        github_environment: githubEnvironment,
        role,
        region,
        databricks_host: databricksHost,
        stacks: '*',
      };
      const text =
        options.format === 'github'
          ? Object.entries(selection)
              .map(([name, value]) => `${name}=${value}`)
              .join('\n')
          : JSON.stringify(selection, undefined, 2);
      process.stdout.write(`${text}\n`);
    });
}
