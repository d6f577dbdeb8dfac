import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Words that may stand for an argument, by the argument's name. */
export type ArgumentWords = Readonly<Record<string, readonly string[]>>;

interface Completion {
  readonly word: string;
  readonly description: string;
}

interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly Completion[];
  /** Options that take a value, each with the values it may have. */
  readonly values: readonly { readonly options: readonly string[]; readonly words: readonly string[] }[];
  readonly words: readonly string[];
}

/**
 * A completion script for a shell, from the program itself: commands, options, and values where they are known. It needs no other
 * program and starts none, so that it answers at once.
 */
export function completionScript(program: Command, shell: Shell, words: ArgumentWords = {}): string {
  const commands = program.commands.map((command) => wordsOf(command, words));
  return { bash, zsh, fish }[shell](program.name(), commands);
}

function wordsOf(command: Command, known: ArgumentWords): CommandWords {
  const options = [...command.options, HELP];
  return {
    name: command.name(),
    description: command.description(),
    options: options.flatMap((option) => flagsOf(option).map((word) => ({ word, description: option.description }))),
    values: options
      .filter((option) => option.required || option.optional)
      .map((option) => ({ options: flagsOf(option), words: option.argChoices ?? [] })),
    words: command.registeredArguments.flatMap((argument) => argument.argChoices ?? known[argument.name()] ?? []),
  };
}

const HELP = { short: '-h', long: '--help', description: 'display help for command' } as Option;

function flagsOf({ short, long }: Option): string[] {
  return [short, long].filter((flag): flag is string => flag !== undefined);
}

function bash(name: string, commands: readonly CommandWords[]): string {
  const cases = commands.map((command) => {
    const values = command.values.map(
      ({ options, words }) =>
        `        ${options.join('|')}) COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$word")); return ;;\n`,
    );
    const all = [...command.options.map(({ word }) => word), ...command.words].join(' ');
    return `    ${command.name})\n      case "$before" in\n${values.join('')}      esac\n      COMPREPLY=($(compgen -W "${all}" -- "$word")) ;;\n`;
  });
  return `# bash completion of ${name}: eval "$(${name} completion bash)"
_${name}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map((command) => command.name).join(' ')} --help --version" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('')}  esac
}
complete -F _${name} ${name}
`;
}

function zsh(name: string, commands: readonly CommandWords[]): string {
  const described = (items: readonly Completion[]) =>
    items.map(({ word, description }) => quoted(`${word.replaceAll(':', '\\:')}:${description}`)).join(' ');
  const cases = commands.map((command) => {
    const values = command.values.map(
      ({ options, words }) => `        ${options.join('|')}) compadd -- ${words.map(quoted).join(' ')}; return ;;\n`,
    );
    const plain = command.words.map((word) => ({ word, description: '' }));
    return `    ${command.name})
      case "$words[CURRENT-1]" in
${values.join('')}      esac
      items=(${described([...plain, ...command.options])})
      _describe 'argument' items ;;
`;
  });
  return `#compdef ${name}
# zsh completion of ${name}: eval "$(${name} completion zsh)"
_${name}() {
  local -a items
  if (( CURRENT == 2 )); then
    items=(${described(commands.map((command) => ({ word: command.name, description: command.description })))})
    _describe 'command' items
    return
  fi
  case "$words[2]" in
${cases.join('')}  esac
}
# Loaded from a folder of fpath this file is the function itself; evaluated, it has to be announced.
if [[ "$funcstack[1]" == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function fish(name: string, commands: readonly CommandWords[]): string {
  const lines = commands.flatMap((command) => {
    const seen = `__fish_seen_subcommand_from ${command.name}`;
    const values = new Map(command.values.flatMap(({ options, words }) => options.map((option) => [option, words] as const)));
    return [
      `complete -c ${name} -n __fish_use_subcommand -a ${command.name} -d ${quoted(command.description)}`,
      ...command.options.map(({ word, description }) => {
        const flag = word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`;
        const words = values.get(word);
        const value = words ? ` -x${words.length > 0 ? ` -a ${quoted(words.join(' '))}` : ''}` : '';
        return `complete -c ${name} -n ${quoted(seen)} ${flag}${value} -d ${quoted(description)}`;
      }),
      ...(command.words.length > 0 ? [`complete -c ${name} -n ${quoted(seen)} -a ${quoted(command.words.join(' '))}`] : []),
    ];
  });
  return `# fish completion of ${name}: ${name} completion fish | source\ncomplete -c ${name} -f\n${lines.join('\n')}\n`;
}

/** One word of a shell. Shells disagree about apostrophes inside quotes, so it gets a typographic one. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
