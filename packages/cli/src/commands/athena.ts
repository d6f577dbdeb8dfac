import { type Command, Option } from 'commander';
import { FORMATS, type Format, formatRows } from '../format';

interface AthenaCommandOptions {
  readonly database?: string;
  readonly workgroup?: string;
  readonly format: Format;
}

/** `athena`: queries as Athena takes them. */
export function addAthenaCommand(program: Command): void {
  program
    .command('athena')
    .description('Query the tables of the Glue catalog as Athena does')
    .argument('<query>', 'one SQL statement; tables as database.table')
    .option('--database <database>', 'the database of tables that are named without one')
    .option('--workgroup <workgroup>', 'the workgroup that the query runs in (default: the only one)')
    .addOption(new Option('--format <format>', 'how to print the rows of a query').choices(FORMATS).default('table'))
    .addHelpText(
      'after',
      '\nExamples:\n  lakewright athena "SHOW TABLES IN aws_certifications"\n  lakewright athena "SELECT country, count(*) AS n FROM aws_certifications.users GROUP BY country" --format json',
    )
    .action(async (query: string, { database, workgroup, format }: AthenaCommandOptions) => {
      const local = await import('@lakewright/local');
      const context = await local.openLocal();
      await local.ensureServices(context);
      const { columns, rows } = await local.queryAthena(context, query, { database, workgroup });
      const names = columns.map(({ name }) => name);
      process.stdout.write(`${formatRows(names, rows, format)}\n`);
    });
}
