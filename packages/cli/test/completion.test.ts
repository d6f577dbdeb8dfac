import { execFileSync } from 'node:child_process';
import { completionScript, SHELLS } from '../src/completion';
import { buildProgram } from '../src/program';

const program = buildProgram();
const words = { system: ['listings'], run: ['publish', 'pipeline'], name: ['sail'], what: ['home'] };

/** What bash offers for a line; the last word is the one being written. */
function offered(...line: string[]): string[] {
  const script = `${completionScript(program, 'bash', words)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lakewright; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script, 'bash', ...line], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);
}

test('bash completes commands, options, values, systems and runs', () => {
  expect(offered('lakewright', 'do')).toEqual(['down', 'doctor']);
  expect(offered('lakewright', 'down', '--p')).toEqual(['--purge']);
  expect(offered('lakewright', 'sql', 'SELECT 1', '--format', '')).toEqual(['table', 'json', 'csv']);
  expect(offered('lakewright', 'plan', '--env', 'p')).toEqual(['prod']);
  expect(offered('lakewright', 'run', 'l')).toEqual(['listings']);
  expect(offered('lakewright', 'run', 'listings', 'p')).toEqual(['publish', 'pipeline']);
  expect(offered('lakewright', 'run', 'listings', 'publish', '--seed', '')).toEqual([]);
});

test.each(SHELLS)('%s: every command and every option stands in the script, and no quote is left open', (shell) => {
  const script = completionScript(program, shell, words);
  for (const command of program.commands) {
    expect(script).toContain(command.name());
    for (const { long } of command.options) expect(script).toContain(shell === 'fish' ? `-l ${long?.slice(2)}` : long);
  }
  for (const line of script.split('\n').filter((text) => !text.startsWith('#')))
    expect((line.match(/'/g) ?? []).length % 2).toBe(0);
});
