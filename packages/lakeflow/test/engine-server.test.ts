import { connect, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { pythonExecutable } from '@lakewright/config';
import { connectEngine, startSail } from '../src/engine';
import { withSail } from './support/sail';

const sail = withSail({ SAIL_EXECUTION__DEFAULT_PARALLELISM: '1' });

describe('a server', () => {
  test('that is gone is ENGINE_UNAVAILABLE with a hint; started again, the session is prepared again', async () => {
    const engine = await sail.connect();
    const before = await engine.session();
    const long = engine.sql('SELECT sum(a.id * b.id) AS s FROM range(3000000) a CROSS JOIN range(30000) b');
    const lost = expect(long).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining('SELECT sum'),
    });
    while (engine.statements === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await sail.restart();
    await lost;
    expect(await engine.session()).not.toBe(before);
    await expect(engine.sql("SELECT CAST('x' AS INT)")).rejects.toMatchObject({ code: 'ENGINE_SQL' });
  });

  test('listens on loopback only', async () => {
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter((address) => address.family === 'IPv4' && !address.internal)
      .map((address) => address.address);
    // A server on every interface also answers on the rest of 127.0.0.0/8, which any Linux machine has.
    for (const host of [...outside, '127.0.0.2'])
      expect({ host, answers: await answers(host, sail.port) }).toEqual({ host, answers: false });
    expect(await answers('127.0.0.1', sail.port)).toBe(true);
  });

  test('that is stopped ends, twice without harm', async () => {
    const server = await startSail({ python: pythonExecutable(), logFile: join(sail.folder, 'second.log'), cwd: sail.folder });
    await server.stop();
    await server.stop();
    expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
  });
});

describe('a server that cannot start', () => {
  let taken: Server;
  afterEach(() => new Promise<void>((resolve) => (taken ? taken.close(() => resolve()) : resolve())));

  test('because its port is taken', async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen({ host: '127.0.0.1', port: 0 }, resolve));
    const { port } = taken.address() as { port: number };
    await expect(startSail({ python: pythonExecutable(), port, logFile: join(sail.folder, 'taken.log') })).rejects.toMatchObject({
      code: 'ENGINE_START',
      message: `the SQL engine cannot listen on 127.0.0.1:${port}`,
    });
  });

  test('because it ends at once: the last lines of its log are told', async () => {
    const env = { SAIL_MODE: 'nonsense' };
    await expect(startSail({ python: pythonExecutable(), env, logFile: join(sail.folder, 'bad.log') })).rejects.toMatchObject({
      code: 'ENGINE_START',
      message: expect.stringMatching(/did not start: it ended[\s\S]*nonsense/),
      hint: expect.stringContaining('bad.log'),
    });
  });

  test('because Python is not there', async () => {
    await expect(
      startSail({ python: join(sail.folder, 'nopython'), logFile: join(sail.folder, 'no.log') }),
    ).rejects.toMatchObject({
      code: 'ENGINE_START',
      message: expect.stringContaining('ENOENT'),
    });
  });
});

test('connecting to nobody is ENGINE_UNAVAILABLE', async () => {
  await expect(connectEngine({ port: 1, timeout: 500 })).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
    hint: expect.stringContaining('lakewright up'),
  });
});

/** Whether somebody accepts connections there. */
function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const settle = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}
