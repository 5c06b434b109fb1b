/** Paths of this machine from addresses: plain paths and `file:` URLs. */

import { VolumeError } from '../../errors.ts'
import { fs, path as paths, url } from './host.ts'
import { shown } from './request.ts'

export function pathOf(address: string): string {
  if (address.startsWith('file:')) return url().fileURLToPath(address)
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(address)?.[1]
  if (scheme === undefined) return paths().resolve(address)
  throw new VolumeError(
    'request',
    /^https?$/i.test(scheme)
      ? `${shown(address)}: a web server is read, not written. Name a folder of this machine.`
      : `${address}: addresses with ${scheme}:// are not read or written. Use s3://, https:// to ` +
          'read, and folders of this machine.',
  )
}

/** The path without links, also of what does not exist yet. */
export async function realPath(path: string): Promise<string> {
  const { basename, dirname, join } = paths()
  try {
    return await fs().realpath(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(await realPath(parent), basename(path))
  }
}

/** Whether `inner` is `outer`, or lies in it. */
export function isInside(inner: string, outer: string): boolean {
  const { isAbsolute, relative, sep } = paths()
  const way = relative(outer, inner)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
