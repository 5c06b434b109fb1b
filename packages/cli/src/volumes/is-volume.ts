/**
 * Is a call of `filter` about volumes? Then it computes box by box, within a stated memory.
 *
 * - The input or the result is a Zarr, or the input has an address in a network.
 * - The input has no header, and `--raw` says the shape of a volume.
 * - A .npy or TIFF file is filtered into a .npy file, and is larger than `--memory-limit` or than
 *   what can be read at once, is a stack of pages, or comes with a flag of volumes.
 *
 * Smaller arrays are filtered in memory, with the same meaning (docs/decisions/0044).
 */

import * as fs from 'node:fs'
import { join } from 'node:path'
import { usageError } from '../failure.ts'
import type { FilterFlags } from '../filter-flags.ts'
import { absolutePath, type Io } from '../io.ts'
import { isRawVolume } from './raw-volume.ts'
import { givenVolumeFlags, type VolumeFlags } from './volume-flags.ts'

/** Throws for flags of volumes without a volume. */
export async function isVolumeCall(
  inputs: readonly string[],
  flags: FilterFlags & VolumeFlags,
  io: Io,
): Promise<boolean> {
  if (isRawVolume(flags.raw)) return true
  if (isZarrName(flags.out) || inputs.some((input) => isZarr(input, io))) return true
  const [flag] = givenVolumeFlags(flags)
  const [input = ''] = inputs
  const isArray = inputs.length === 1 && isArrayName(input) && /\.npy$/i.test(flags.out)
  if (isArray && (flag !== undefined || isLarge(input, flags, io) || (await isStack(input, io))))
    return true
  if (flag === undefined) return false
  throw usageError(
    `${flag} is for volumes. Filter a Zarr, write one with -o NAME.zarr, or filter a .npy or ` +
      'TIFF file into a .npy file.',
  )
}

const isZarrName = (name: string): boolean => /\.zarr[/\\]?$/i.test(name)

function isZarr(input: string, io: Io): boolean {
  if (/^(https?|s3):\/\//i.test(input) || isZarrName(input)) return true
  if (input === '-') return false
  const path = absolutePath(input, io)
  return ['zarr.json', '.zarray', '.zgroup'].some((name) => fs.existsSync(join(path, name)))
}

/** More bytes than one read of a file takes. */
const mostAtOnce = 2 ** 31

const isArrayName = (input: string): boolean => /\.(npy|tiff?|btf|tf8)$/i.test(input)

function isLarge(input: string, { memoryLimit }: FilterFlags, io: Io): boolean {
  if (memoryLimit === 0) return false
  const size = fs.statSync(absolutePath(input, io), { throwIfNoEntry: false })?.size ?? 0
  return size > (memoryLimit ?? mostAtOnce)
}

/** Whether a TIFF has axes besides those of one page. */
async function isStack(input: string, io: Io): Promise<boolean> {
  if (/\.npy$/i.test(input)) return false
  const { openVolume } = await import('@stridefold/volumes')
  try {
    const { axes, close } = await openVolume(absolutePath(input, io))
    await close()
    return axes.length - (axes.at(-1)?.type === 'channel' ? 1 : 0) > 2
  } catch {
    // Whoever filters it says what is wrong.
    return false
  }
}
