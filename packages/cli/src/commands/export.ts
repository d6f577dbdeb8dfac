import { ENVIRONMENT_NAMES } from '@lakewright/config';
import { type Command, Option } from 'commander';
import { formatRows } from '../format';

/** `export bundle`: the Databricks stacks as Asset Bundles. */
export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('Write the Databricks stack of each system as a Databricks Asset Bundle')
    .argument('<what>', 'bundle')
    .argument('[system...]', 'the systems (all of the environment when left out)')
    .addOption(new Option('--env <environment>', 'the environment (LAKEWRIGHT_ENV, else local)').choices(ENVIRONMENT_NAMES))
    .requiredOption('--output <folder>', 'folder that gets one folder a system')
    .option('--schema <file>', 'hold the bundles against this JSON schema (databricks bundle schema) before writing them')
    .addHelpText('after', '\nExample:\n  lakewright export bundle listings --env prod --output bundles')
    .action(async (what: string, systems: string[], options: ExportCommandOptions) => {
      if (what !== 'bundle') program.error(`error: there is nothing called "${what}" to export: bundle`);
      const { exportBundle } = await import('@lakewright/workflow');
      const { env: environment, output, schema } = options;
      const bundles = await exportBundle({ systems, environment, output, schema });
      for (const { folder, files, leftOut } of bundles) {
        const rows = leftOut.map(({ type, count, reason }) => ({ 'not in it': type, count, why: reason }));
        process.stdout.write(`${folder}/databricks.yml and ${files.length} files${schema ? ', as the schema wants it' : ''}\n`);
        process.stdout.write(`${formatRows(['not in it', 'count', 'why'], rows, 'table')}\n`);
      }
    });
}

interface ExportCommandOptions {
  readonly env?: string;
  readonly output: string;
  readonly schema?: string;
}
