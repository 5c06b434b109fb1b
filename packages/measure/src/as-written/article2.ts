/**
 * The functions of article 2, translated to plain TypeScript without corrections: height × width ×
 * channels, one filter. Their mistakes stay: `conv` ignores its mode, and slices with height and
 * width of the kernel swapped.
 */

import type { Allocated } from './article1.ts'

/** The three modes of the article. */
export type Mode = 'FULL' | 'SAME' | 'VALID'
type Extents = readonly [number, number]
type Pads = readonly [top: number, left: number, bottom: number, right: number]

/** An array of height × width × channels. */
export interface Volume {
  readonly shape: readonly [number, number, number]
  readonly data: Float32Array
}

/** The error of NumPy for shapes that do not match. */
export class BroadcastError extends Error {}

/** get_padding. */
export function padding(ks: Extents, mode: Mode): Pads {
  if (mode === 'FULL') return [ks[0] - 1, ks[1] - 1, ks[0] - 1, ks[1] - 1]
  if (mode === 'VALID') return [0, 0, 0, 0]
  const [top, left] = [Math.floor((ks[0] - 1) / 2), Math.floor((ks[1] - 1) / 2)]
  return [top, left, ks[0] % 2 === 0 ? top + 1 : top, ks[1] % 2 === 0 ? left + 1 : left]
}

const createFloats = (count: number, allocated: Allocated): Float32Array => {
  allocated(count * 4)
  return new Float32Array(count)
}

/** np.pad with zeros. */
export function padVolume(
  { shape: [height, width, channels], data }: Volume,
  [top, left, bottom, right]: Pads,
  allocated: Allocated = () => {},
): Volume {
  const shape = [height + top + bottom, width + left + right, channels] as const
  const out = createFloats(shape[0] * shape[1] * channels, allocated)
  for (let y = 0; y < height; y++)
    out.set(
      data.subarray(y * width * channels, (y + 1) * width * channels),
      ((y + top) * shape[1] + left) * channels,
    )
  return { shape, data: out }
}

/** A picture of one channel, row by row. */
export interface Image {
  readonly height: number
  readonly width: number
  readonly data: Float32Array
}

/** Rows and columns of the patch [y:y+ks[1], x:x+ks[0]]. It is cut at the end of the array. */
function patchOf({ shape: [height, width] }: Volume, y: number, x: number, ks: Extents): Extents {
  return [Math.min(ks[1], height - y), Math.min(ks[0], width - x)]
}

/** conv: `mode` is ignored, as in the article. */
export function conv(
  inputs: Volume,
  kernel: Volume,
  stride: number,
  _mode: Mode = 'SAME',
  allocated: Allocated = () => {},
): Image {
  const ks: Extents = [kernel.shape[0], kernel.shape[1]]
  const pad = padding(ks, 'SAME')
  const x = padVolume(inputs, pad, allocated)
  const [height, width, channels] = inputs.shape
  const outWidth = Math.trunc((width + pad[0] + pad[2] - ks[0]) / stride + 1)
  const outHeight = Math.trunc((height + pad[1] + pad[3] - ks[1]) / stride + 1)
  const out = createFloats(outHeight * outWidth, allocated)
  for (let r = 0, top = 0; top < x.shape[0] - ks[1] + 1; r++, top += stride) {
    for (let c = 0, left = 0; left < x.shape[1] - ks[0] + 1; c++, left += stride) {
      const patch = patchOf(x, top, left, ks)
      if (patch[0] !== ks[0] || patch[1] !== ks[1])
        throw new BroadcastError(
          `operands could not be broadcast together with shapes (${patch},${channels}) ` +
            `(${ks},${channels})`,
        )
      if (r >= outHeight || c >= outWidth)
        throw new BroadcastError(`index ${r >= outHeight ? r : c} is out of bounds`)
      let sum = 0
      for (let i = 0; i < ks[0]; i++)
        for (let j = 0; j < ks[1]; j++)
          for (let k = 0; k < channels; k++)
            sum +=
              x.data[((top + i) * x.shape[1] + left + j) * channels + k]! *
              kernel.data[(i * ks[1] + j) * channels + k]!
      out[r * outWidth + c] = sum
    }
  }
  return { height: outHeight, width: outWidth, data: out }
}

/** conv_matmul: windows as the columns of a matrix, the kernel as a row. */
export function convMatmul(
  inputs: Volume,
  kernel: Volume,
  stride: number,
  mode: Mode = 'SAME',
  allocated: Allocated = () => {},
): Image {
  const ks: Extents = [kernel.shape[0], kernel.shape[1]]
  const pad = padding(ks, mode)
  const x = padVolume(inputs, pad, allocated)
  const [height, width, channels] = inputs.shape
  const outWidth = Math.trunc((width + pad[0] + pad[2] - ks[0]) / stride + 1)
  const outHeight = Math.trunc((height + pad[1] + pad[3] - ks[1]) / stride + 1)
  const [taps, outputs] = [ks[0] * ks[1] * channels, outHeight * outWidth]
  const rearranged = createFloats(taps * outputs, allocated)
  let at = 0
  for (let top = 0; top < x.shape[0] - ks[1] + 1; top += stride) {
    for (let left = 0; left < x.shape[1] - ks[0] + 1; left += stride) {
      let t = 0
      for (let i = 0; i < ks[1]; i++)
        for (let j = 0; j < ks[0]; j++)
          for (let k = 0; k < channels; k++)
            rearranged[t++ * outputs + at] =
              x.data[((top + i) * x.shape[1] + left + j) * channels + k]!
      at++
    }
  }
  const out = createFloats(outputs, allocated)
  for (let t = 0; t < taps; t++) {
    const weight = kernel.data[t]!
    for (let i = 0; i < outputs; i++) out[i]! += weight * rearranged[t * outputs + i]!
  }
  return { height: outHeight, width: outWidth, data: out }
}

/** to_image: the cast to uint8 wraps around, so −1 becomes 255. */
export const asUint8 = (values: Float32Array): Uint8Array =>
  Uint8Array.from(values, (v) => ((Math.trunc(v) % 256) + 256) % 256)
