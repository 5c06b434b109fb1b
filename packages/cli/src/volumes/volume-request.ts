/** The options of a volume's filter, from the flags of `filter` or of `job plan`. */

import type { JobOptions } from '@stridefold/volumes'
import type { ArrayInput } from 'stridefold'
import { ndarray } from 'stridefold/sync'
import { usageError } from '../failure.ts'
import { type FilterFlags, filterOptions } from '../filter-flags.ts'
import { absolutePath, type Io } from '../io.ts'
import { kernelFrom } from '../kernel-argument.ts'
import { isRawVolume, rawVolume } from './raw-volume.ts'
import type { VolumeFlags } from './volume-flags.ts'

/** The flags that a volume takes. */
export type VolumeFilterFlags = FilterFlags & VolumeFlags

/** Flags of `filter` that are about images, or about several files. */
const notOfVolumes: readonly (keyof FilterFlags)[] = [
  'combine',
  'recipe',
  'recursive',
  'jobs',
  'format',
  'channels',
  'alpha',
  'output',
  'pictureLimit',
  'bias',
  'verify',
]

export function checkVolumeFlags(flags: VolumeFilterFlags): void {
  if (flags.missing !== undefined && flags.missing !== 'nan')
    throw usageError(`--missing ${flags.missing} is not for volumes. Give --missing nan.`)
  if (flags.raw !== undefined && !isRawVolume(flags.raw))
    throw usageError(
      `--raw ${flags.raw} is sound. For a volume give its type and shape: uint16:100x512x512.`,
    )
  const given = notOfVolumes.find((name) => flags[name] !== undefined)
  if (given === undefined) return
  const flag = `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw usageError(`${flag} is not for volumes. Leave it out.`)
}

/** The one kernel. A name stays a text: how many axes it has is seen when the volume is open. */
export async function volumeKernelOf(
  { kernel: texts }: Pick<FilterFlags, 'kernel'>,
  io: Io,
): Promise<string | ArrayInput> {
  if (texts.length !== 1)
    throw usageError(
      texts.length === 0
        ? 'A kernel is needed, such as -k gaussian:sigma=2.'
        : `A volume is filtered with one kernel, but -k is given ${texts.length} times. Filter ` +
            'the result of the first with the second.',
    )
  const [text] = texts as readonly [string]
  if (/^\s*[a-z][a-z\d-]*\s*(:|$)/i.test(text)) return text
  const { shape, weights } = await kernelFrom(text, io)
  // Plain numbers take the type of the array, as in memory.
  return ndarray([...weights], [...shape])
}

/** An address in a network stays; a path becomes absolute. */
export const volumeAddress = (word: string, io: Io): string =>
  /^[a-z][a-z\d+.-]+:\/\//i.test(word) ? word : absolutePath(word, io)

export function volumeOptions(flags: VolumeFilterFlags): JobOptions {
  const { flip, zarrFormat, codec, chunks, shards, dtype, axes, channelAxis } = flags
  const { raw, level, pyramid } = flags
  const open = {
    ...(raw !== undefined && { raw: rawVolume(raw) }),
    ...(level !== undefined && { level }),
  }
  const { mode, boundary, ...library } = filterOptions(flags)
  const { missing, minimumPresent, stride, dilation, algorithm, backend, accuracy } = library
  if (backend === 'webgpu')
    throw usageError(
      '--backend webgpu is not for volumes: their boxes are computed by workers. Leave it out.',
    )
  const { threads, memoryLimit } = library
  const given = {
    ...{ mode, boundary, missing, minimumPresent, stride, dilation },
    ...{ algorithm, backend, accuracy, threads, memoryLimit, chunks, shards, dtype },
    ...{ axes, channelAxis, pyramid },
    ...(Object.keys(open).length > 0 && { open }),
    ...(flip && { call: 'convolve' }),
    ...(zarrFormat !== undefined && { format: `zarr${zarrFormat}` }),
    codec,
  }
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as JobOptions
}
