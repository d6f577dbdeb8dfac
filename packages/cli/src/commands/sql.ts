import { type Command, Option } from 'commander';
import { FORMATS, type Format, formatRows } from '../format';

/** `sql`: a query on the local lakehouse. */
export function addSqlCommand(program: Command): void {
  program
    .command('sql')
    .description('Query the local lakehouse')
    .argument('<query>', 'one SQL statement; tables as catalog.schema.table')
    .addOption(new Option('--format <format>', 'how to print the rows').choices(FORMATS).default('table'))
    .addHelpText(
      'after',
      '\nExample:\n  lakewright sql "SELECT city, count(*) AS n FROM listings_local.gold.current_listings GROUP BY city" --format csv',
    )
    .action(async (query: string, { format }: { format: Format }) => {
      const local = await import('@lakewright/local');
      const context = await local.openLocal();
      await local.ensureServices(context);
      const result = await local.query(context, query);
      process.stdout.write(
        `${formatRows(
          result.columns.map((column) => column.name),
          result.rows,
          format,
        )}\n`,
      );
    });
}
