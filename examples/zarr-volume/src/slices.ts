/**
 * Blurred slices of a stored volume. A blur in space needs the neighbouring slices, so a slice is
 * read with a margin, and only the chunks that meet it are loaded.
 *
 *   z   ┌──────────────┐  first = z − 4 sigma
 *       │  margin      │
 *       ├──────────────┤  z: the slice that is shown
 *       │  margin      │
 *       └──────────────┘  last
 */

import { openVolume, type Range, type StoredArray } from '@stridefold/volumes'
import { contiguous, gaussianFilter, type NdArray, reshape, slice } from 'stridefold'

/** Larger slices are better seen at a coarser level. */
const maxPixels = 4_000_000

export interface SliceOptions {
  /** The sigma of the Gaussian, in the unit of the volume. 0: no blur. */
  readonly blur: number
  readonly signal: AbortSignal
}

export class Slices {
  /** Rows, columns, slices, what they are, and how far apart. */
  readonly about: string
  readonly size: readonly [depth: number, height: number, width: number]
  readonly unit: string
  readonly #volume: StoredArray
  readonly #scale: readonly number[]

  static async open(address: string, level: number, signal: AbortSignal): Promise<Slices> {
    const volume = await openVolume(address, { level, signal })
    try {
      return new Slices(volume)
    } catch (error) {
      await volume.close()
      throw error
    }
  }

  private constructor(volume: StoredArray) {
    const { shape, dtype } = volume
    const [depth, height, width] = shape.slice(-3)
    if (depth === undefined || height === undefined || width === undefined)
      throw new Error(`The array has ${shape.length} axes. At least 3 are needed.`)
    if (height * width > maxPixels)
      throw new Error(`A slice has ${height} × ${width} pixels. Open a coarser level.`)
    const axes = volume.axes.slice(-3)
    this.#volume = volume
    this.size = [depth, height, width]
    this.#scale = axes.map(({ scale }) => scale ?? 1)
    this.unit = axes[0]?.unit === 'micrometer' ? 'µm' : (axes[0]?.unit ?? 'samples')
    this.about =
      `${shape.join(' × ')} samples of ${dtype}, ${this.#scale.join(' × ')} ${this.unit} apart, ` +
      `in chunks of ${volume.chunks.join(' × ')}`
  }

  /** The samples of a slice: rows × columns. Of times and channels it is the first. */
  async read(z: number, { blur, signal }: SliceOptions): Promise<NdArray> {
    const [depth, height, width] = this.size
    const sigma = this.#scale.map((distance) => blur / distance)
    const margin = blur === 0 ? 0 : Math.ceil(4 * sigma[0]!) + 1
    const [first, last] = [Math.max(0, z - margin), Math.min(depth, z + margin + 1)]
    const others = this.#volume.shape.slice(0, -3).map((): Range => [0, 1])
    const box: Range[] = [...others, [first, last], [0, height], [0, width]]
    const samples = await this.#volume.read(box, signal)
    const slab = reshape(samples, [last - first, height, width])
    const smooth = blur === 0 ? slab : await gaussianFilter(slab, { sigma, signal })
    return contiguous(slice(smooth, z - first))
  }

  close(): Promise<void> {
    return this.#volume.close()
  }
}
