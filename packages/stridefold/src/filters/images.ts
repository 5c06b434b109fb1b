/** Filters for images of bytes, from ImageData to ImageData. */

import { now } from '../runtime/eventual.ts'
import { filteredImage } from './image.ts'
import type { FilteredImage, FilterImageOptions, ImageInput, ImageKernel } from './image-options.ts'

/**
 * Returns the image filtered with a kernel, or with several that are combined. The kernel is not
 * flipped (`correlate`), and the result has the size of the image. Alpha stays as it is, unless
 * `alpha` says otherwise.
 *
 * - `image`: ImageData, or `{ data, width, height }` of bytes with 1 to 4 channels. Alpha is the
 *   last of 2 or 4 channels.
 * - `kernel`: rows of numbers, or an array of rank 2; of rank 3 (rows × columns × filtered
 *   channels) with one kernel per channel. Or a list of such kernels, with `combine`.
 * - `options`: alpha ('keep'), channels ('each'), output ('clip'), boundary ('reflect'), combine,
 *   missing (a mask of pixels to leave out), threads, signal and more; `FilterImageOptions`
 *   describes them.
 *
 * `clipped` counts the samples that did not fit into bytes. Sums are float32. The call changes no
 * argument; in 'stridefold' leave the image alone until the promise settles. Throws `OptionError`
 * for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), for an image whose data does
 * not fit its size (`PICTURE_INVALID`), for kernels of other ranks (`RANK_MISMATCH`), for a mask of
 * another shape (`SHAPE_MISMATCH`), for several kernels without `combine`, and for `alpha:
 * 'premultiply'` with `combine` or with a kernel that sums to 0 (`OPTION_CONFLICT`). In
 * 'stridefold' the promise rejects with these errors.
 *
 * Costs one `correlate` in float32 per kernel, and one pass over the samples. Allocates the result,
 * and one array of float32 per kernel. A blur, whose sums are bytes for any image, needs neither:
 * 640×480 RGBA with a Gaussian of 5×5 takes 2.4 ms of one core, and 0.4 ms more with a new sigma
 * (AMD EPYC under load, CPU time, Node 24, 2026-11-29). Missing pixels cost what missing samples do
 * (docs/missing.md), in float32.
 *
 * @example
 * const image = { data: Uint8Array.of(0, 9, 0, 255), width: 4, height: 1 }
 * const edges = filterImage(image, [[1, 0, -1]], { output: 'abs' })
 * edges.data // [0, 0, 246, 0]
 * const { clipped } = filterImage(image, [[1, 1, 1]], { boundary: 'zero' })
 * clipped // 1
 */
export function filterImage<I extends ImageInput>(
  image: I,
  kernel: ImageKernel,
  options?: FilterImageOptions,
): FilteredImage<I> {
  return now(filteredImage(image, kernel, options))
}
