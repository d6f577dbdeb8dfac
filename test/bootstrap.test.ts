import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { run } from './support/clone';

/** The set-up that stands before `npm start` and `npm test`. */
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A PATH that holds nothing but the tools named. */
function pathWith(...tools: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'lakewright-path-'));
  folders.push(folder);
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  for (const tool of tools) symlinkSync(python, join(folder, tool));
  return folder;
}

const bootstrap = (env: Record<string, string> = {}) => run(process.execPath, ['tooling/bootstrap.mjs'], env);

test('does nothing and says nothing when everything is there', async () => {
  expect(await bootstrap()).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('without Python: exit 3 and one line that says where to get it', async () => {
  const { code, stderr } = await bootstrap({ PATH: pathWith() });
  expect(code).toBe(3);
  expect(stderr).toMatch(/^MISSING: Python 3\.11 or later .*python\.org\/downloads.*\n$/);
});

test('with a Terraform that is too old: exit 3 and one line that names it', async () => {
  const path = pathWith('python3');
  script(join(path, 'terraform'), '{"terraform_version": "0.12.31"}');
  const { code, stderr } = await bootstrap({ PATH: path });
  expect(code).toBe(3);
  expect(stderr).toBe(
    `MISSING: Terraform 1.10.0 or later is needed, ${join(path, 'terraform')} is 0.12.31. Get it from developer.hashicorp.com/terraform/install, or opentofu.org/docs/intro/install\n`,
  );
});

describe('without Terraform and OpenTofu', () => {
  let server: Server;
  let archive: Buffer;
  let requests: string[];
  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => {
      requests.push(request.url!);
      response.statusCode = archive ? 200 : 404;
      response.end(archive);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  /** A copy of the set-up whose pinned release is a program of the test's own. */
  function tooling(): { folder: string; tools: string; env: Record<string, string> } {
    const folder = mkdtempSync(join(tmpdir(), 'lakewright-tooling-'));
    folders.push(folder);
    mkdirSync(join(folder, 'tooling'));
    for (const file of ['terraform.mjs', 'terraform.json', 'zip.mjs'])
      cpSync(join('tooling', file), join(folder, 'tooling', file));
    const tools = join(folder, '.tools');
    const { port } = server.address() as AddressInfo;
    return { folder, tools, env: { PATH: pathWith(), LAKEWRIGHT_TERRAFORM_MIRROR: `http://127.0.0.1:${port}/` } };
  }

  function pin(folder: string, checksum: string): void {
    const file = join(folder, 'tooling/terraform.json');
    const pinned = JSON.parse(readFileSync(file, 'utf8'));
    const archives = Object.fromEntries(Object.keys(pinned.archives).map((platform) => [platform, checksum]));
    writeFileSync(file, JSON.stringify({ ...pinned, archives }));
  }

  const DOWNLOAD = `import { downloadTerraform, findTerraform } from './tooling/terraform.mjs';
    await downloadTerraform(); process.stdout.write(findTerraform().executable);`;

  test('the pinned release comes from the server, is checked, unpacked and found', async () => {
    archive = zipped({ 'LICENSE.txt': 'a licence', terraform: '#!/bin/sh\necho \'{"terraform_version": "1.11.4"}\'\n' });
    const { folder, tools, env } = tooling();
    pin(folder, createHash('sha256').update(archive).digest('hex'));
    const { code, stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', DOWNLOAD], env, folder);
    expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: '', stdout: join(tools, 'terraform/1.11.4/terraform') });
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    expect(requests).toEqual([`/1.11.4/terraform_1.11.4_${process.platform}_${architecture}.zip`]);
  });

  test('an archive with another checksum is refused: exit 3, one line, nothing is kept', async () => {
    archive = zipped({ terraform: 'not what was pinned' });
    const tools = join(pathWith(), 'tools');
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await bootstrap({
      PATH: pathWith('python3'),
      LAKEWRIGHT_TOOLS: tools,
      LAKEWRIGHT_TERRAFORM_MIRROR: `http://127.0.0.1:${port}`,
    });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^set-up: downloading Terraform \(once\)\nMISSING: .* has the checksum [0-9a-f]{64} instead of .*\n$/);
    expect(existsSync(tools)).toBe(false);
  });

  test('with no server to ask: exit 3 and one line that says where to get it', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { code, stderr } = await bootstrap({
      PATH: pathWith('python3'),
      LAKEWRIGHT_TOOLS: join(pathWith(), 'tools'),
      LAKEWRIGHT_TERRAFORM_MIRROR: `http://127.0.0.1:${port}`,
    });
    expect(code).toBe(3);
    expect(stderr).toMatch(/\nMISSING: Terraform .* cannot be reached \(ECONNREFUSED\)\. Get it from .*opentofu\.org.*\n$/);
  });
});

function script(file: string, says: string): void {
  writeFileSync(file, `#!/bin/sh\necho '${says}'\n`);
  chmodSync(file, 0o755);
}

/** A zip archive as release archives are: deflated entries, a central directory. */
function zipped(entries: Record<string, string>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  for (const [name, text] of Object.entries(entries)) {
    const content = deflateRawSync(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(text), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(Buffer.byteLength(text), 18);
    common.writeUInt16LE(name.length, 22);
    const offset = Buffer.alloc(18);
    offset.writeUInt32LE(Buffer.concat(locals).length, 14);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, offset.subarray(4), Buffer.from(name));
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), content);
  }
  const start = Buffer.concat(locals);
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(Object.keys(entries).length, 8);
  end.writeUInt16LE(Object.keys(entries).length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(start.length, 16);
  return Buffer.concat([start, central, end]);
}
