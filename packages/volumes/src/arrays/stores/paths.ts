/** Paths of this machine from addresses: plain paths and `file:` URLs. */

import { fs, path as paths, url } from './host.ts'

export const pathOf = (address: string): string =>
  address.startsWith('file:') ? url().fileURLToPath(address) : paths().resolve(address)

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
