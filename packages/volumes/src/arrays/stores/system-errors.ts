/** Why can a file not be read or written? The codes of the system as sentences. */

import { VolumeError } from '../../errors.ts'

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'it is too large for the file system',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'it is a symbolic link that points to itself',
  EIO: 'the disk reports an error',
}

/** What to do about it. */
const advice: Readonly<Record<string, string>> = {
  ENOSPC: ' Free some space and run the same command again: it goes on where it stopped.',
  EDQUOT: ' Free some space and run the same command again: it goes on where it stopped.',
  EACCES: ' Change the permissions, or name another place.',
  EROFS: ' Name another place.',
}

export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String((error as { readonly code: unknown }).code)
    : ''
}

const reasonOf = (error: unknown): string =>
  reasons[codeOf(error)] ?? (error instanceof Error ? error.message : String(error))

export const readError = (path: string, error: unknown): VolumeError =>
  error instanceof VolumeError
    ? error
    : new VolumeError('store', `${path} cannot be read: ${reasonOf(error)}.`, { cause: error })

export const writeError = (path: string, error: unknown): VolumeError =>
  error instanceof VolumeError
    ? error
    : new VolumeError(
        'store',
        `${path} cannot be written: ${reasonOf(error)}.${advice[codeOf(error)] ?? ''}`,
        { cause: error },
      )
