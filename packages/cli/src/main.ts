import { runProgram } from './program';

process.exitCode = 1;
runProgram(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
