/**
 * The named suites of cases to time. A single case is a line of case notation.
 */

/** The kinds of weights. */
export const weightNames = ['random', 'gaussian', 'box'] as const

/** The name of a kind of weights. */
export type Weights = (typeof weightNames)[number]

/** A case of a suite: case notation, the name in tables, and its weights. */
export interface Entry {
  readonly text: string
  readonly name: string
  readonly weights: Weights
}

const entry = (text: string, name: string, weights: Weights = 'random'): Entry => ({
  text,
  name,
  weights,
})

/** The cases of each suite, by its name. */
export const suites: Readonly<Record<string, readonly Entry[]>> = {
  /** One channel, 2×2 kernel; N as in article 1. */
  articles: [3, 10, 25, 50, 100, 250, 500, 1000].map((n) => entry(`${n}x${n} * 2x2`, `N = ${n}`)),
  layers: [
    entry('1x3x224x224 * 64x3x7x7 s2 p3', '7×7 s2, 224²·3→64'),
    entry('1x64x56x56 * 64x64x3x3 p1', '3×3, 56²·64'),
    entry('1x128x28x28 * 128x128x3x3 p1', '3×3, 28²·128'),
    entry('1x256x14x14 * 256x256x3x3 p1', '3×3, 14²·256'),
    entry('1x512x7x7 * 512x512x3x3 p1', '3×3, 7²·512'),
    entry('1x64x56x56 * 256x64x1x1', '1×1, 56²·64→256'),
    entry('1x64x56x56 * 128x64x3x3 s2 p1', '3×3 s2, 56²·64→128'),
    entry('1x64x27x27 * 192x64x5x5 p2', '5×5, 27²·64→192'),
    entry('1x64x33x33 * 64x64x3x3 d2 p2', '3×3 dilated, 33²·64'),
    entry('1x32x112x112 * 32x1x3x3 p1 g32', 'depthwise 3×3, 112²·32'),
    entry('1x512x14x14 * 512x1x3x3 p1 g512', 'depthwise 3×3, 14²·512'),
    entry('1x64x14x14 * 32x64x4x4 i2 p2', 'transposed 4×4 s2, 14²·64→32'),
  ],
  pictures: [
    entry('1080x1920 * 3x3 same', 'full HD, 3×3'),
    entry('1080x1920 * 5x5 same reflect', 'full HD, 5×5, mirrored border'),
    entry('1080x1920 * 9x9 same', 'full HD, Gaussian 9×9', 'gaussian'),
    entry('1080x1920 * 31x31 same', 'full HD, Gaussian 31×31', 'gaussian'),
    entry('1080x1920 * 15x15 same', 'full HD, 15×15'),
    entry('1x3x512x512 * 1x3x3x3 p1', '512² RGB summed, 3×3×3'),
  ],
  signals: [
    entry('48000 * 64 same', '1 s at 48 kHz, 64 taps'),
    entry('48000 * 1025 same', '1 s at 48 kHz, 1025 taps'),
    entry('1000000 * 16', '10⁶ samples, 16 taps'),
    entry('1x16x8000 * 32x16x5 p2', '8000 samples, 16→32 channels'),
  ],
  volumes: [
    entry('64x64x64 * 3x3x3 same', '64³, 3³'),
    entry('96x96x96 * 7x7x7 same', '96³, Gaussian 7³', 'gaussian'),
    entry('1x16x32x32x32 * 16x16x3x3x3 p1', '32³·16, 3³'),
  ],
}

/** The names of the suites. */
export const suiteNames: readonly string[] = Object.keys(suites)
