/**
 * Is a call of `filter` about volumes? Then it computes box by box, within a stated memory.
 *
 * - The input or the result is a Zarr, or the input has an address in a network.
 * - A .npy or TIFF file is larger than `--memory-limit`, or than what can be read at once.
 */

import * as fs from 'node:fs'
import { join } from 'node:path'
import { usageError } from '../failure.ts'
import type { FilterFlags } from '../filter-flags.ts'
import { absolutePath, type Io } from '../io.ts'
import { givenVolumeFlags, type VolumeFlags } from './volume-flags.ts'

/** Throws for flags of volumes without a volume. */
export function isVolumeCall(
  inputs: readonly string[],
  flags: FilterFlags & VolumeFlags,
  io: Io,
): boolean {
  const isVolume =
    isZarrName(flags.out) || inputs.some((input) => isZarr(input, io) || isLarge(input, flags, io))
  const [flag] = givenVolumeFlags(flags)
  if (isVolume || flag === undefined) return isVolume
  throw usageError(
    `${flag} is for volumes. Filter a Zarr, write one with -o NAME.zarr, or give --memory-limit ` +
      'below the size of a .npy or TIFF file.',
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

/** Only what can be written box by box, too: images are read whole. */
function isLarge(input: string, { out, memoryLimit }: FilterFlags, io: Io): boolean {
  if (!/\.(npy|tiff?|btf|tf8)$/i.test(input) || !/\.npy$/i.test(out) || memoryLimit === 0)
    return false
  const size = fs.statSync(absolutePath(input, io), { throwIfNoEntry: false })?.size ?? 0
  return size > (memoryLimit ?? mostAtOnce)
}
