import { buildProgram } from '@lakewright/cli/program';
import { pageHead, table } from './markdown';

// Taken from the program: another version of commander is hoisted to the root for other tools.
type Command = ReturnType<typeof buildProgram>;
type Argument = Command['registeredArguments'][number];
type Option = Command['options'][number];

/** The page of every command, from the command line itself. */
export function commandsPage(): string {
  const program = buildProgram();
  const commands = program.commands.filter((command) => command.name() !== 'help');
  return [
    pageHead('Commands', 'packages/cli/src/program.ts'),
    program.description(),
    '',
    'Results go to standard output, progress and errors to standard error. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 something',
    'missing on the machine.',
    '',
    table(
      ['command', 'does'],
      commands.map((command) => [`[\`${command.name()}\`](#${command.name()})`, command.description()]),
    ),
    '',
    commands.map(section).join('\n\n'),
    '',
  ].join('\n');
}

function section(command: Command): string {
  const parts = [
    `## ${command.name()}`,
    command.description(),
    `\`\`\`\nlakewright ${command.name()} ${command.usage()}\n\`\`\``,
  ];
  const rows = [
    ...command.registeredArguments.map((argument) => [argumentTerm(argument), argument.description, byDefault(argument)]),
    ...command.options
      .filter((option) => !option.hidden)
      .map((option) => [`\`${option.flags}\``, option.description, byDefault(option)]),
  ];
  if (rows.length > 0) parts.push(table(['argument or option', 'means', 'default'], rows));
  const examples = examplesOf(command);
  if (examples.length > 0) parts.push(`\`\`\`sh\n${examples.join('\n')}\n\`\`\``);
  return parts.join('\n\n');
}

function argumentTerm(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `\`<${name}>\`` : `\`[${name}]\``;
}

/** A negated option (`--no-run`) carries the default of what it negates. */
function byDefault({ defaultValue, ...rest }: Argument | Option): string {
  if (defaultValue === undefined || ('negate' in rest && rest.negate)) return '';
  return `\`${defaultValue}\``;
}

/** The lines of the help's own examples. */
function examplesOf(command: Command): string[] {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  return help.split('\n').flatMap((line) => (/^ {2}lakewright /.test(line) ? [line.trim()] : []));
}
