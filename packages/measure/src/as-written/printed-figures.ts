/**
 * The times that the two articles print, as numbers. Their plots and the last table of article 1
 * are pictures, so only what is in the text is here.
 */

/** A printed time. A range where the article prints one. */
export interface PrintedTime {
  /** The extent N of an N × N input. */
  readonly n: number
  readonly lowMs: number
  readonly highMs: number
  /** Whether the article prints the size too. */
  readonly isSizePrinted: boolean
}

/** The times that an article prints for one of its functions. */
export interface PrintedFigures {
  readonly name: 'loops' | 'pytorch' | 'conv' | 'conv_matmul'
  readonly times: readonly PrintedTime[]
}

const mean = (n: number, ms: number, deviation = 0): PrintedTime => ({
  n,
  lowMs: ms - deviation,
  highMs: ms + deviation,
  isSizePrinted: true,
})

/**
 * Article 1: 2×2 kernel, one channel, Intel i7. “26.9 µs ± 1.34 µs” and “59.5 µs ± 935 ns” for 3×3;
 * “1–3 s per matrix” for the loops above 250×250.
 */
export const article1Figures: readonly PrintedFigures[] = [
  {
    name: 'loops',
    times: [mean(3, 26.9e-3, 1.34e-3), { n: 250, lowMs: 1000, highMs: 3000, isSizePrinted: true }],
  },
  { name: 'pytorch', times: [mean(3, 59.5e-3, 0.935e-3)] },
]

/** How many times as fast as its loops article 1 calls its strides, without a size. */
export const article1Speedup = 150

/**
 * Article 2: 3×3 kernel over three channels. “0.7281s” and “0.1511s”, without the size of the
 * picture: the code that it links to has one of 220 × 220.
 */
export const article2Figures: readonly PrintedFigures[] = [
  { name: 'conv', times: [{ ...mean(220, 728.1), isSizePrinted: false }] },
  { name: 'conv_matmul', times: [{ ...mean(220, 151.1), isSizePrinted: false }] },
]

/** The time of `conv` by that of `conv_matmul` in article 2: “79.25% time cost” less. */
export const article2Speedup: number = 0.7281 / 0.1511
