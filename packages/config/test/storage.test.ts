import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LakewrightError, requireStorage, storageFault } from '@lakewright/config';

/** A folder that nobody can make, root included: the kernel's own file system, or the sealed system volume. */
const SEALED = process.platform === 'linux' ? '/sys/lakewright' : '/lakewright';

test('a folder with room is made and left empty', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lakewright-storage-'));
  try {
    requireStorage(join(folder, 'home'));
    expect(readdirSync(join(folder, 'home'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a folder that cannot be written is named', () =>
  expect(() => requireStorage(SEALED)).toThrow(
    expect.objectContaining({
      code: 'LOCAL_READ_ONLY',
      message: expect.stringMatching(`^${SEALED} cannot be written \\((EPERM|EACCES|EROFS)\\)$`),
    }),
  ));

test('a disk without room is told before anything is begun', () =>
  expect(() => requireStorage(tmpdir(), Number.MAX_SAFE_INTEGER)).toThrow(
    expect.objectContaining({
      code: 'LOCAL_DISK_FULL',
      message: expect.stringMatching(/^no space is left on the disk of .* \(\d+\.\d MB are free\)$/),
    }),
  ));

test.each([
  ['of Node', Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC', path: '/disk/file' }), '/disk/file'],
  ['of a child, in words', new Error('terraform failed: open x: no space left on device'), tmpdir()],
  ['as a cause', new LakewrightError('ANY', 'failed', { cause: new Error('No space left on device (os error 28)') }), tmpdir()],
])('a full disk is known by the error %s', (_, error, path) =>
  expect(storageFault(error, tmpdir())).toMatchObject({ code: 'LOCAL_DISK_FULL', message: expect.stringContaining(path) }));

test('other errors are not touched', () => {
  expect(storageFault(new Error('anything'), tmpdir())).toBeUndefined();
  expect(storageFault(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), tmpdir())).toBeUndefined();
});
