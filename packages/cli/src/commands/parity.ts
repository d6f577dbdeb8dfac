import { EXIT } from '@lakewright/config';
import type { Command } from 'commander';
import { CommandExit } from '../command-exit';
import { formatRows } from '../format';

/** `parity`: whether the pipelines of a system give the tables of another engine. */
export function addParityCommand(program: Command): void {
  program
    .command('parity')
    .description("Compare a system's pipelines with Apache Spark, or with a Databricks warehouse, row by row")
    .argument('<system>', 'a deployed system')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nWith DATABRICKS_HOST, DATABRICKS_TOKEN and DATABRICKS_WAREHOUSE_ID it asks that warehouse, else Apache Spark on this machine (Java 17; half a gigabyte, once).\nExit code 1 when a table differs or fails.\n\nExample:\n  lakewright parity listings',
    )
    .action(async (system: string, options: { json?: boolean }) => {
      const local = await import('@lakewright/local');
      const context = await local.openLocal();
      await local.ensureServices(context);
      const report = await local.parity(context, system, (step) => process.stderr.write(`compare ${step}\n`));
      const rows = report.pipelines.flatMap(({ pipeline, datasets }) =>
        datasets.map((each) => ({ pipeline, ...each, detail: each.detail ?? '' })),
      );
      const short = rows.map((row) => ({ ...row, detail: shorten(row.detail) }));
      const table = () => formatRows(['pipeline', 'dataset', 'verdict', 'rows', 'detail'], short, 'table');
      process.stdout.write(
        options.json ? `${JSON.stringify(report, undefined, 2)}\n` : `against ${report.against}\n${table()}\n`,
      );
      if (rows.some(({ verdict }) => verdict !== 'equal' && verdict !== 'refused')) throw new CommandExit(EXIT.failed);
    });
}

/** What fits beside the other columns; `--json` has all of it. */
const DETAIL = 160;

function shorten(detail: string): string {
  return detail.length <= DETAIL ? detail : `${detail.slice(0, DETAIL - 1)}…`;
}
