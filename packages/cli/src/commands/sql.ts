import { EXIT, LakewrightError } from '@lakewright/config';
import type { StatementResult } from '@lakewright/local';
import { type Command, Option } from 'commander';
import { FORMATS, type Format, formatRows, plain } from '../format';

interface SqlOptions {
  readonly file?: string;
  readonly as?: string;
  readonly format: Format;
}

/** `sql`: queries on the local lakehouse. */
export function addSqlCommand(program: Command): void {
  program
    .command('sql')
    .description('Query the local lakehouse')
    .argument('[query]', 'one SQL statement; tables as catalog.schema.table')
    .option('--file <file>', 'run the statements of a file in one session; prints one JSON document a statement, one a line')
    .option('--as <principal>', 'act as this group, user or service principal, who sees and does what is granted')
    .addOption(new Option('--format <format>', 'how to print the rows of a query').choices(FORMATS).default('table'))
    .addHelpText(
      'after',
      '\nExamples:\n  lakewright sql "SELECT city, count(*) AS n FROM listings_local.gold.current_listings GROUP BY city" --format csv\n  lakewright sql --as analysts "SELECT * FROM listings_local.bronze.raw_listings"\n  lakewright sql --file report.sql',
    )
    .action(async (query: string | undefined, { file, as: principal, format }: SqlOptions) => {
      if ((query === undefined) === (file === undefined)) {
        throw new LakewrightError(
          'CLI_USAGE',
          query === undefined ? 'no query and no file is given' : 'a query and a file are given',
          {
            hint: 'write lakewright sql "<query>", or lakewright sql --file <file>',
            exitCode: EXIT.usage,
          },
        );
      }
      const local = await import('@lakewright/local');
      const statements = file === undefined ? undefined : local.readStatements(file);
      const context = await local.openLocal();
      await local.ensureServices(context);
      if (!statements) return print(await local.query(context, query ?? '', { principal }), format);
      const tell = ({ statement, columns, rows }: StatementResult) =>
        process.stdout.write(`${JSON.stringify({ statement, columns, rows: rows.map(plain) })}\n`);
      await local.queryAll(context, statements, tell, { principal });
    });
}

function print({ columns, rows }: Pick<StatementResult, 'columns' | 'rows'>, format: Format): void {
  process.stdout.write(
    `${formatRows(
      columns.map(({ name }) => name),
      rows,
      format,
    )}\n`,
  );
}
