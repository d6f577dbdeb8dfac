import type { Command } from 'commander';
import { buildProgram } from '../src/program';

/**
 * The help of every command as a person reads it, on a terminal of 100 columns. A change of it is a change of the product: read the
 * difference before you accept it (npx jest packages/cli/test/help -u).
 */
const program = buildProgram();

function help(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text;
}

test('lakewright --help', () => {
  expect(help(program)).toMatchSnapshot();
});

test.each(program.commands.map((command) => [command.name(), command] as const))('lakewright %s --help', (_name, command) => {
  expect(help(command)).toMatchSnapshot();
});
