import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { localPaths, pythonExecutable } from '@lakewright/config';
import { ensureServices, type LocalContext } from '../src';
import { type AwsClients, awsClients } from '../src/aws/clients';
import { delegatedPorts, ministackData, ministackService } from '../src/services/ministack/service';
import { type TestHome, testHome } from './support/home';

const LAUNCHER = 'packages/local/src/services/ministack/launcher.py';

describe('S3 on a disk that fails', () => {
  let home: TestHome;
  let aws: AwsClients;
  let server: ChildProcess | undefined;

  beforeEach(async () => {
    home = await testHome();
    aws = awsClients(home);
  });
  afterEach(async () => {
    server?.kill('SIGKILL');
    server = undefined;
    aws.close();
    await home.dispose();
  });

  /** The launcher itself; with a limit, no file may grow beyond so many kilobytes, whoever writes it. */
  async function launch(limit?: number): Promise<{ log: () => string; ended: Promise<number | null> }> {
    const command = [pythonExecutable(home.root), join(home.root, LAUNCHER), '--port', String(home.ports.aws)];
    const all = [...command, '--data', ministackData(home), '--region', 'eu-west-1', ...delegatedPorts(home)];
    const args = limit ? ['-c', `ulimit -f ${limit}; exec "$@"`, 'bash', ...all] : ['-c', 'exec "$@"', 'bash', ...all];
    const child = spawn('bash', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    server = child;
    let log = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        log += chunk;
      });
    }
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const { healthy } = ministackService(home);
    while (!(await healthy()) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50));
    return { log: () => log, ended };
  }

  const put = (Key: string, Body: string) => aws.s3.send(new PutObjectCommand({ Bucket: 'shelf', Key, Body }));
  const get = async (Key: string, VersionId?: string) =>
    (await aws.s3.send(new GetObjectCommand({ Bucket: 'shelf', Key, VersionId }))).Body!.transformToString();

  test('a body that cannot be written is never acknowledged: the service ends, and what it had is there again', async () => {
    const limited = await launch(128);
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'shelf' }));
    await aws.s3.send(new PutBucketVersioningCommand({ Bucket: 'shelf', VersioningConfiguration: { Status: 'Enabled' } }));
    await put('kept', 'one');
    const { VersionId } = await put('grows', 'small');
    await expect(put('grows', 'x'.repeat(1_000_000))).rejects.toThrow();
    expect(await limited.ended).toBe(4);
    expect(limited.log()).toMatch(/stopped: .* could not be written: File too large/);

    await launch();
    expect(await get('kept')).toBe('one');
    expect(await get('grows')).toBe('small');
    expect(await get('grows', VersionId)).toBe('small');
    const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: 'shelf' }));
    expect(Contents.map(({ Key }) => Key)).toEqual(['grows', 'kept']);
  });

  test('killed between body and description, a write is brought to its end', async () => {
    const first = await launch();
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'shelf' }));
    await aws.s3.send(new PutBucketVersioningCommand({ Bucket: 'shelf', VersioningConfiguration: { Status: 'Enabled' } }));
    const before = await put('torn', 'before');
    const after = await put('torn', 'after');
    server!.kill('SIGKILL');
    await first.ended;
    // What the disk holds when the kill comes after the body and before its description: the intent, and the older description.
    const body = join(ministackData(home), 's3/000000000000/shelf/torn');
    tear(body, join(ministackData(home), 'intent.json'));

    await launch();
    expect(await get('torn')).toBe('after');
    expect(await get('torn', before.VersionId)).toBe('before');
    expect(await get('torn', after.VersionId)).toBe('after');
    await put('torn', 'later');
    expect(await get('torn', after.VersionId)).toBe('after');
    expect(await get('torn', before.VersionId)).toBe('before');
  });

  /** Takes the newest version out of an object's description and makes the intent that announced it. */
  function tear(body: string, intent: string): void {
    const program = `
import hashlib, json, pathlib, sys
body, intent = map(pathlib.Path, sys.argv[1:])
sidecar = pathlib.Path(f"{body}.meta.json")
whole = json.loads(sidecar.read_text())
older = whole["versions"][:-1]
sidecar.write_text(json.dumps({**whole, "versions": older, "version_id": older[-1]["version_id"], "etag": older[-1]["etag"], "size": older[-1]["size"]}))
digest = hashlib.sha256(body.read_bytes()).hexdigest()
intent.write_text(json.dumps({"path": str(body), "digest": digest, "sidecar": whole}))`;
    execFileSync(pythonExecutable(home.root), ['-c', program, body, intent]);
  }
});

describe('a machine that lacks something', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lakewright-faults-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('no Python environment: exit 3 and how to make it', async () => {
    const home = await testHome();
    try {
      await expect(ensureServices({ ...home, root: folder }, { services: ['ministack'] })).rejects.toMatchObject({
        code: 'LOCAL_NO_PYTHON',
        exitCode: 3,
        hint: expect.stringContaining('bootstrap'),
      });
    } finally {
      await home.dispose();
    }
  });

  test('a full disk: one line before anything is started', async () => {
    const disk = smallDisk(join(folder, 'disk'));
    const home = await testHome();
    try {
      const context: LocalContext = { ...home, paths: localPaths(disk.folder) };
      await expect(ensureServices(context, { services: ['ministack'] })).rejects.toMatchObject({ code: 'LOCAL_DISK_FULL' });
    } finally {
      disk.remove();
      await home.dispose();
    }
  });
});

/**
 * A disk with 8 MB, as root or by sudo without a password. Where neither can mount, the folder is on a disk whose free space is
 * told as none by a preloaded `statfs`.
 */
function smallDisk(folder: string): { folder: string; remove(): void } {
  mkdirSync(folder);
  for (const as of [[], ['sudo', '-n']]) {
    const [command, ...args] = [...as, 'mount', '-t', 'tmpfs', '-o', 'size=8m,mode=777', 'none', folder];
    if (spawnSync(command!, args).status !== 0) continue;
    return {
      folder,
      remove() {
        const [unmount, ...rest] = [...as, 'umount', folder];
        spawnSync(unmount!, rest);
      },
    };
  }
  const fs = jest.requireActual<typeof import('node:fs')>('node:fs');
  const told = jest.spyOn(fs, 'statfsSync').mockReturnValue({ bavail: 0, bsize: 4096 } as never);
  writeFileSync(join(folder, 'full'), '');
  return { folder, remove: () => told.mockRestore() };
}
