/** Paths of this machine from addresses: plain paths and `file:` URLs. */

import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const pathOf = (address: string): string =>
  address.startsWith('file:') ? fileURLToPath(address) : resolve(address)

/** The path without links, also of what does not exist yet. */
export async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(await realPath(parent), basename(path))
  }
}

/** Whether `inner` is `outer`, or lies in it. */
export function isInside(inner: string, outer: string): boolean {
  const way = relative(outer, inner)
  return way === '' || (!way.startsWith('..') && resolve(outer, way) === inner)
}
