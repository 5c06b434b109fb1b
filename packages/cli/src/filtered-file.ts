/**
 * Filters the bytes of a file and returns the bytes of the output file. Input and output are images
 * or arrays. `notes` are sentences about everything that was changed, dropped or clipped.
 */

import type { Dense } from './combine.ts'
import { inputError, usageError } from './failure.ts'
import { checkMissing } from './filter-checks.ts'
import type { FilterRequest } from './filter-request.ts'
import { type FilteredImage, filterArray, filterImage } from './filtering.ts'
import { type Format, formatOfBytes, formats } from './images/formats.ts'
import { type Depth, type Image, maxSampleValue } from './images/image.ts'
import { type Clipping, type OutputPolicy, toSampleValues } from './images/levels.ts'
import { readImage } from './images/read.ts'
import { encodeImage, outputDepth } from './images/write.ts'
import { type NpyArray, type NpyElements, readNpy, writeNpy } from './npy.ts'

export interface FileInput {
  readonly bytes: Uint8Array
  readonly name: string
  /** For an array. Undefined: derived from its shape. */
  readonly channelAxis: number | 'none' | undefined
  /** Largest size of an image, in bytes of samples. */
  readonly imageLimit: number | undefined
}

export interface OutputRequest {
  readonly name: string
  /** Default: the format of the input. */
  readonly format?: Format
  readonly alpha?: 'keep' | 'filter'
  readonly policy?: OutputPolicy
}

export interface Outcome {
  readonly bytes: Uint8Array
  readonly format: Format
  /** Shape of the result as an array: height × width × channels for an image. */
  readonly shape: readonly number[]
  readonly milliseconds: number
  /** The number of axes of the input, and which of them has its channels. */
  readonly input: { readonly rank: number; readonly channelAxis: number | undefined }
  /** For an image file: the samples that were clipped. */
  readonly clipping?: Clipping
  /** What was clipped, as a sentence. */
  readonly clippingNote?: string
  readonly notes: readonly string[]
}

export async function filterFile(
  input: FileInput,
  request: FilterRequest,
  output: OutputRequest,
): Promise<Outcome> {
  return formatOfBytes(input.bytes) === 'npy'
    ? filterArrayFile(input, request, output)
    : filterImageFile(input, request, output)
}

async function filterImageFile(
  input: FileInput,
  request: FilterRequest,
  output: OutputRequest,
): Promise<Outcome> {
  if (input.channelAxis !== undefined)
    throw usageError(
      `--channel-axis is for .npy arrays; ${input.name} is an image, whose channels are ` +
        'known.',
    )
  const {
    image,
    format: foundFormat,
    notes: readNotes,
  } = await readImage(input.bytes, input.name, input.imageLimit)
  checkMissing(request, `samples of ${image.depth} bits`)
  const format = output.format ?? (foundFormat in formats ? (foundFormat as Format) : 'png')
  const notes = readNotes.map((note) => `${input.name}: ${note}`)
  checkOptions(format, output, image.alpha, input.name)
  // A border of missing samples may leave nothing under the kernel: a result that is not a number.
  const isForBytes = becomesBytes(image, format, output) && !hasMissingBorder(request)
  const { result: filtered, milliseconds } = time(() =>
    filterImage(image, output.alpha ?? 'keep', { ...request, isForBytes }),
  )
  const encoded = await encodeResult(filtered, image, format, output)
  return {
    ...{ format, milliseconds, ...encoded },
    input: { rank: 3, channelAxis: 2 },
    notes: [...notes, ...encoded.notes],
  }
}

/**
 * Whether results become bytes without another scale. Rounded sums give the same bytes then, and
 * the clipped ones are the same, too.
 */
const becomesBytes = (image: Image, format: Format, { policy }: OutputRequest): boolean =>
  format !== 'npy' && image.depth === 8 && policy !== 'minmax'

type EncodedResult = Pick<Outcome, 'bytes' | 'shape' | 'clipping' | 'clippingNote' | 'notes'>

/** Encodes a filtered image. `model` is the input image. */
async function encodeResult(
  filtered: FilteredImage,
  model: Omit<Image, 'samples'>,
  format: Format,
  output: OutputRequest,
): Promise<EncodedResult> {
  const { height, width, colours, alpha } = filtered
  if (height === 0 || width === 0)
    throw usageError(
      `The result is ${width}×${height}: there are no samples to write. Use mode 'same', or a ` +
        'smaller kernel or stride.',
    )
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
  const losesProfile =
    model.profile !== undefined && count !== model.channels - (model.alpha ? 1 : 0)
  if (losesProfile)
    notes.push(
      `${output.name}: the colour profile was dropped, because the result is one grey ` +
        'channel.',
    )
  const channels = count + (opacity ? 1 : 0)
  const profile = model.profile && !losesProfile ? { profile: model.profile } : {}
  const density = model.density && { density: model.density }
  const image: Image = {
    width,
    height,
    channels,
    alpha: opacity !== undefined,
    depth,
    samples,
    ...profile,
    ...density,
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

async function filterArrayFile(
  input: FileInput,
  request: FilterRequest,
  output: OutputRequest,
): Promise<Outcome> {
  const array = readNpy(input.bytes, input.name)
  checkMissing(request, hasNaN(array.data) ? undefined : 'integers')
  const format = output.format ?? 'npy'
  const channelAxis = channelAxisOf(array, input)
  if (array.shape.length === 0)
    throw inputError(`${input.name} is a single number: an array with at least one axis is needed.`)
  if (format !== 'npy' || output.alpha !== undefined)
    return filterArrayAsImage(array, channelAxis, input, request, output)
  checkOptions(format, output, false, input.name)
  const { result, milliseconds } = time(() => filterArray(array, channelAxis, request))
  return {
    bytes: writeNpy(result.data, result.shape),
    format,
    shape: result.shape,
    milliseconds,
    input: { rank: array.shape.length, channelAxis },
    notes: trailingByteNotes(array, input),
  }
}

/**
 * Filters an array with the shape of an image. Its sample values are 8-bit, or 16-bit if its dtype
 * is uint16.
 */
async function filterArrayAsImage(
  array: NpyArray,
  channelAxis: number | undefined,
  input: FileInput,
  request: FilterRequest,
  output: OutputRequest,
): Promise<Outcome> {
  const { shape } = array
  const isFlat = shape.length === 2 && channelAxis === undefined
  const channels = isFlat ? 1 : shape[2]!
  if (!isFlat && (shape.length !== 3 || channelAxis !== 2 || channels < 1 || channels > 4)) {
    throw usageError(
      `${input.name} has shape (${shape.join(', ')}), which is not an image: H×W or H×W×C ` +
        'with 1 to 4 channels is needed. Write a .npy file.',
    )
  }
  const alpha = channels % 2 === 0
  const format = output.format ?? 'npy'
  if (alpha && output.alpha === undefined) {
    throw usageError(
      `${input.name} has ${channels} channels, and the last one may be alpha or a colour: ` +
        'give --alpha keep (copy it) or --alpha filter.',
    )
  }
  checkOptions(format, output, alpha, input.name)
  const depth: Depth = array.data instanceof Uint16Array ? 16 : 8
  const model = { height: shape[0]!, width: shape[1]!, channels, alpha, depth }
  const strides = isFlat ? [...array.strides, 1] : array.strides
  const { result, milliseconds } = time(() =>
    filterImage({ ...model, samples: array.data, strides }, output.alpha ?? 'keep', request),
  )
  const encoded = await encodeResult(result, model, format, output)
  return {
    format,
    milliseconds,
    ...encoded,
    input: { rank: 3, channelAxis: 2 },
    notes: [...trailingByteNotes(array, input), ...encoded.notes],
  }
}

const hasMissingBorder = ({ options }: FilterRequest): boolean =>
  [options.boundary].flat().includes('missing')

const hasNaN = (data: NpyElements): boolean =>
  data instanceof Float32Array || data instanceof Float64Array

const trailingByteNotes = ({ trailingBytes }: NpyArray, { name }: FileInput): string[] =>
  trailingBytes === 0
    ? []
    : [`${name}: ${formatCount(trailingBytes)} bytes after the array are ignored.`]

/** Rejects options that do not fit the input or the output file. */
function checkOptions(
  format: Format,
  { alpha, policy, name }: OutputRequest,
  hasAlpha: boolean,
  inputName: string,
): void {
  if (format === 'npy' && policy !== undefined) {
    throw usageError(
      `--output ${policy} computes sample values of an image file; ${name} is an array, which ` +
        'stores the results unchanged. Leave it out.',
    )
  }
  if (alpha !== undefined && !hasAlpha)
    throw usageError(`--alpha ${alpha}: ${inputName} has no alpha channel. Leave it out.`)
  if (alpha !== undefined && hasAlpha && !(formats[format].alpha && !/\.p[gp]m$/i.test(name))) {
    throw usageError(
      `--alpha ${alpha}: ${name} cannot store an alpha channel. Use .png, .webp, .tiff or ` +
        '.pam, or leave the option out.',
    )
  }
}

function channelAxisOf({ shape }: NpyArray, { channelAxis, name }: FileInput): number | undefined {
  if (channelAxis === 'none') return undefined
  if (channelAxis === undefined) return shape.length === 3 && shape[2]! <= 4 ? 2 : undefined
  const fromStart = channelAxis < 0 ? channelAxis + shape.length : channelAxis
  if (fromStart >= 0 && fromStart < shape.length) return fromStart
  throw usageError(
    `--channel-axis ${channelAxis} is not an axis of ${name}, whose shape is ` +
      `(${shape.join(', ')}).`,
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

function time<T>(work: () => T): { readonly result: T; readonly milliseconds: number } {
  const start = performance.now()
  const result = work()
  return { result, milliseconds: performance.now() - start }
}
