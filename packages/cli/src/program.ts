import { EXIT, LakewrightError, localPaths, storageFault } from '@lakewright/config';
import { Command, CommanderError } from 'commander';
import { CommandExit } from './command-exit';
import { type CommandEnd, CommandLog } from './command-log';
import { addAthenaCommand } from './commands/athena';
import { addCompletionCommand } from './commands/completion';
import { addDoctorCommand } from './commands/doctor';
import { addDownCommand } from './commands/down';
import { addEventsCommand } from './commands/events';
import { addExportCommand } from './commands/export';
import { addLogsCommand } from './commands/logs';
import { addLookCommands } from './commands/look';
import { addNewCommand } from './commands/new';
import { addOpenCommand } from './commands/open';
import { addParityCommand } from './commands/parity';
import { addRunCommand } from './commands/run';
import { addSelectCommand } from './commands/select';
import { addSqlCommand } from './commands/sql';
import { addStacksCommands } from './commands/stacks';
import { addStatusCommand } from './commands/status';
import { addUpCommand } from './commands/up';
import { addWatchCommand } from './commands/watch';

/** The whole command line, without side effects until it is parsed. */
export function buildProgram(): Command {
  const program = new Command('lakewright')
    .description('A lakehouse on AWS and Databricks from one construct tree: deployed by Terraform, run for real on a laptop.')
    .version('0.1.0')
    .showHelpAfterError('(lakewright --help lists the commands)')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 something missing on the machine.');
  addUpCommand(program);
  addRunCommand(program);
  addWatchCommand(program);
  addSqlCommand(program);
  addAthenaCommand(program);
  addParityCommand(program);
  addStatusCommand(program);
  addEventsCommand(program);
  addLogsCommand(program);
  addOpenCommand(program);
  addDownCommand(program);
  addStacksCommands(program);
  addLookCommands(program);
  addExportCommand(program);
  addNewCommand(program);
  addSelectCommand(program);
  addDoctorCommand(program);
  addCompletionCommand(program);
  return program;
}

/** Runs one command line (without the executable's name) and returns its exit code; errors go to standard error. */
export async function runProgram(args: readonly string[]): Promise<number> {
  const log = new CommandLog();
  const program = buildProgram().hook('preAction', (_, command) => log.name(command.name()));
  for (const command of [program, ...program.commands]) command.exitOverride();
  const end = await log.during(() => ended(program, args));
  log.end(end);
  return end.exitCode;
}

async function ended(program: Command, args: readonly string[]): Promise<CommandEnd> {
  try {
    await program.parseAsync([...args], { from: 'user' });
    return { exitCode: EXIT.done };
  } catch (error) {
    if (error instanceof CommandExit) return { exitCode: error.exitCode };
    if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? EXIT.done : EXIT.usage };
    const fault = storageFault(error, localPaths().home);
    if (fault) {
      process.stderr.write(`${fault.format()}\n`);
      return { exitCode: fault.exitCode, errorCode: fault.code };
    }
    if (error instanceof LakewrightError) {
      process.stderr.write(`${error.format()}\n`);
      return { exitCode: error.exitCode, errorCode: error.code };
    }
    process.stderr.write(`CLI_UNEXPECTED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return { exitCode: EXIT.failed, errorCode: 'CLI_UNEXPECTED' };
  }
}
