import { connectEngine } from '../../src/engine';
import { CrashLake } from './crash-pipeline';

/** Runs an update of the crash pipeline: `<port> <folder> <point>`. Dies by SIGKILL at the point; prints the points that it passes. */
async function main([port, folder, fatal]: readonly string[]): Promise<void> {
  const engine = await connectEngine({ port: Number(port) });
  const lake = new CrashLake(engine, folder!);
  await lake.update({
    faults: (point) => {
      if (point === fatal) process.kill(process.pid, 'SIGKILL');
      process.stdout.write(`${point}\n`);
    },
  });
  await engine.close();
}

void main(process.argv.slice(2));
