import { runProgram } from './program';

// Whoever reads the output may stop reading (`| head`): that is no failure of the command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = 1;
runProgram(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
