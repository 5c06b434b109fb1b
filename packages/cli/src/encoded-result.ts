/** A filtered image as the bytes of a file, with sentences about everything that was changed. */

import type { Dense } from './combine.ts'
import { usageError } from './failure.ts'
import type { FilteredImage } from './filtering.ts'
import { type Format, formats } from './images/formats.ts'
import { type Image, maxSampleValue } from './images/image.ts'
import { type Clipping, type OutputPolicy, toSampleValues } from './images/levels.ts'
import { encodeImage, outputDepth } from './images/write.ts'
import { type NpyElements, writeNpy } from './npy.ts'
import type { Outcome, OutputRequest } from './outcome.ts'

export type EncodedResult = Pick<Outcome, 'bytes' | 'shape' | 'clipping' | 'clippingNote' | 'notes'>

/** Encodes a filtered image. `model` is the input image. */
export async function encodeResult(
  filtered: FilteredImage,
  model: Omit<Image, 'samples'>,
  format: Format,
  output: OutputRequest,
): Promise<EncodedResult> {
  const { height, width, colours, alpha } = filtered
  checkNotEmpty(height, width)
  if (format === 'npy') {
    const { data, shape } = joinAlpha(colours, alpha)
    return { bytes: writeNpy(data, shape), shape, notes: [] }
  }
  const white = maxSampleValue(model.depth)
  const depth = outputDepth(format, model.depth)
  const notes =
    depth === model.depth
      ? []
      : [
          `${output.name}: ${formats[format].name} stores 8 bits per sample: sample values ` +
            '0–65535 became 0–255.',
        ]
  const policy = output.policy ?? 'clip'
  const { sampleValues, clipping } = toSampleValues(colours.data, { policy, white, depth })
  const count = colours.shape[2]!
  const opacity = alpha && toSampleValues(alpha.data, { policy: 'clip', white, depth }).sampleValues
  const samples = opacity
    ? interleave(sampleValues, opacity, count, (length) =>
        depth === 8 ? new Uint8Array(length) : new Uint16Array(length),
      )
    : sampleValues
  const channels = count + (opacity ? 1 : 0)
  if (clipping.notNumbers > 0) clearEmpty(samples, channels, colours.data, count)
  const losesProfile =
    model.profile !== undefined && count !== model.channels - (model.alpha ? 1 : 0)
  if (losesProfile)
    notes.push(
      `${output.name}: the colour profile was dropped, because the result is one grey ` +
        'channel.',
    )
  const profile = model.profile && !losesProfile ? { profile: model.profile } : {}
  const density = model.density && { density: model.density }
  const place = model.place && { place: model.place }
  const image: Image = {
    width,
    height,
    channels,
    alpha: opacity !== undefined,
    depth,
    samples,
    ...profile,
    ...density,
    ...place,
  }
  const encoded = await encodeImage(image, format, output.name)
  notes.push(...encoded.notes.map((note) => `${output.name}: ${note}`))
  return {
    bytes: encoded.bytes,
    shape: [height, width, channels],
    clipping,
    clippingNote: clippingNote(clipping, policy, maxSampleValue(depth)),
    notes,
  }
}

/** A pixel of which a colour has no result is 0 in all channels: transparent if there is alpha. */
function clearEmpty(
  samples: Uint8Array | Uint16Array,
  channels: number,
  colours: NpyElements,
  count: number,
): void {
  for (let i = 0; i < colours.length; i++) {
    if (!Number.isNaN(colours[i]!)) continue
    const pixel = Math.floor(i / count)
    samples.fill(0, pixel * channels, (pixel + 1) * channels)
  }
}

/** Throws for a result without samples, which no image file can have. */
export function checkNotEmpty(height: number, width: number): void {
  if (height > 0 && width > 0) return
  throw usageError(
    `The result is ${width}×${height}: there are no samples to write. Use mode 'same', or a ` +
      'smaller kernel or stride.',
  )
}

/** Joins colours and alpha in one array. A single channel has no channel axis. */
function joinAlpha(colours: Dense, alpha: Dense | undefined): Dense {
  const [height, width, count] = colours.shape as readonly [number, number, number]
  if (!alpha) return count === 1 ? { data: colours.data, shape: [height, width] } : colours
  const create = (length: number): NpyElements =>
    colours.data instanceof Float64Array ? new Float64Array(length) : new Float32Array(length)
  return {
    data: interleave(colours.data, alpha.data, count, create),
    shape: [height, width, count + 1],
  }
}

/** Interleaves `count` channels and alpha, pixel by pixel. */
function interleave<T extends NpyElements>(
  colours: NpyElements,
  alpha: NpyElements,
  count: number,
  create: (length: number) => T,
): T {
  const all = create(alpha.length * (count + 1))
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    for (let channel = 0; channel < count; channel++)
      all[pixel * (count + 1) + channel] = colours[pixel * count + channel]!
    all[pixel * (count + 1) + count] = alpha[pixel]!
  }
  return all
}

function clippingNote(
  { samples, below, above, notNumbers }: Clipping,
  policy: OutputPolicy,
  top: number,
): string {
  const clipped = below + above + notNumbers
  if (clipped === 0) return 'No sample was clipped.'
  const parts = [
    below > 0 ? `${formatCount(below)} below 0` : '',
    above > 0 ? `${formatCount(above)} above ${top}` : '',
    notNumbers > 0 ? `${formatCount(notNumbers)} that are not a number` : '',
  ].filter((part) => part !== '')
  const advice =
    policy === 'clip'
      ? ' --output abs, offset or minmax shows them in an image, .npy keeps them.'
      : ''
  return (
    `${formatCount(clipped)} of ${formatCount(samples)} samples ` +
    `(${percent(clipped / samples)}) were ` +
    `clipped: ${parts.join(', ')}.${advice}`
  )
}

const formatCount = (count: number): string => count.toLocaleString('en-US')
export const percent = (share: number): string =>
  share < 0.001 ? '< 0.1 %' : `${(100 * share).toFixed(1)} %`
