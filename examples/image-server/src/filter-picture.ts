/** Bytes of a picture in, bytes of the filtered picture out. Knows nothing of HTTP but statuses. */

import sharp from 'sharp'
import { filterImage, kernels } from 'stridefold'
import { maxPixels, Refusal } from './limits.ts'

/** What may be uploaded. SVG is left out: it is a program that loads other files. */
const formats: readonly string[] = ['avif', 'gif', 'heif', 'jpeg', 'png', 'tiff', 'webp']

type Picture = Parameters<typeof filterImage>[0]

interface Filter {
  /** The least, the usual and the largest value of the parameter `amount`. */
  readonly amounts: readonly [least: number, usual: number, most: number]
  apply(picture: Picture, amount: number, signal: AbortSignal): Promise<Picture>
}

/** The filters by name. To add one, add an entry. */
const filters: Readonly<Record<string, Filter>> = {
  blur: {
    amounts: [0.3, 3, 50],
    apply: (picture, sigma, signal) =>
      // Colours of transparent pixels must not bleed into their neighbours.
      filterImage(picture, kernels.gaussian({ sigma }), { alpha: 'premultiply', signal }),
  },
  sharpen: {
    amounts: [0, 1, 5],
    apply: (picture, amount, signal) =>
      filterImage(picture, kernels.unsharp({ sigma: 1.5, amount }), { signal }),
  },
  edges: {
    amounts: [0.1, 1, 20],
    apply: (picture, sigma, signal) =>
      filterImage(picture, kernels.dog({ sigma }), { output: 'minmax', signal }),
  },
}

export interface Settings {
  readonly filter: Filter
  readonly amount: number
}

/** Reads `?filter=blur&amount=3`. Throws a `Refusal` that says what is possible. */
export function settingsFrom(query: URLSearchParams): Settings {
  const name = query.get('filter') ?? 'blur'
  const filter = Object.hasOwn(filters, name) ? filters[name] : undefined
  if (filter === undefined)
    throw new Refusal(400, `There is no filter '${name}'. Use ${Object.keys(filters).join(', ')}.`)
  const [least, usual, most] = filter.amounts
  const amount = Number(query.get('amount') ?? usual)
  if (!(amount >= least && amount <= most))
    throw new Refusal(400, `The amount of '${name}' is a number from ${least} to ${most}.`)
  return { filter, amount }
}

/** Returns a PNG file. Rejects with the reason of the signal when that is aborted. */
export async function filterPicture(
  file: Uint8Array,
  { filter, amount }: Settings,
  signal: AbortSignal,
): Promise<Buffer> {
  await checkHeader(file)
  signal.throwIfAborted()
  const { data, info } = await sharp(file, { limitInputPixels: maxPixels })
    .autoOrient()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw new Refusal(422, `The picture is damaged: ${messageOf(error)}`)
    })
  signal.throwIfAborted()
  const { width, height, channels } = info
  const filtered = await filter.apply({ data, width, height }, amount, signal)
  const raw = { width, height, channels }
  return sharp(filtered.data, { raw }).png({ compressionLevel: 6 }).toBuffer()
}

/** Reads what the file says about itself, and decodes nothing. */
async function checkHeader(file: Uint8Array): Promise<void> {
  const { format, width, height } = await sharp(file, { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw new Refusal(415, `The upload is no picture: ${messageOf(error)}`)
    })
  if (!formats.includes(format))
    throw new Refusal(415, `Pictures of type ${format} are not taken. Use ${formats.join(', ')}.`)
  if (width * height > maxPixels)
    throw new Refusal(
      413,
      `The picture has ${width} × ${height} pixels. At most ${maxPixels / 1e6} million are taken.`,
    )
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : `${error}`)
