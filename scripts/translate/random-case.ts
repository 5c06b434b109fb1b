/**
 * Random problems in case notation, for the tests of `translate`.
 */

export interface RandomCases {
  /** Returns an integer below `n`. */
  readonly below: (n: number) => number
  readonly pick: <T>(items: readonly T[]) => T
  /**
   * A signal, image, volume or layer, or sometimes a filter of a whole image. May have no outputs.
   */
  readonly next: () => string
}

export function randomCases(seed: number): RandomCases {
  let state = seed >>> 0
  // The upper bits of a linear congruential generator.
  const below = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!
  /** A filter of a whole image, which tools for image files can compute. */
  const imageCase = (): string =>
    (
      `${3 + below(7)}x${3 + below(7)} * ${1 + below(5)}x${1 + below(5)} ` +
      `${pick(['same', 'same-lower'])} ${pick(['zero', 'edge', 'symmetric', 'wrap'])} ` +
      `${pick(['', 'flip'])}`
    ).trim()

  /** Any token of the notation. */
  const anyCase = (): string => {
    const rank = 1 + below(3)
    const layer = rank === 3 || below(2) === 0
    const groups = layer && below(3) === 0 ? 2 : 1
    const channels = layer && rank < 3 ? groups * (1 + below(2)) : 1
    const filters = channels > 1 ? groups * (1 + below(2)) : 1
    const extents = Array.from({ length: rank }, () => 1 + below(9))
    const kernel = Array.from({ length: rank }, () => 1 + below(4))
    const perAxis = (letter: string, make: () => string): string =>
      `${letter}${Array.from({ length: rank }, make).join(',')}`
    const inputExtents = layer ? [1 + (channels > 1 ? below(2) : 0), channels, ...extents] : extents
    const kernelExtents = layer
      ? [filters, channels / (channels > 1 ? groups : 1), ...kernel]
      : kernel
    const border = (): string =>
      pick(['zero', 'edge', 'reflect', 'symmetric', 'wrap', 'constant=-3'])
    const padding = pick([
      '',
      'same',
      'same-lower',
      'full',
      perAxis('p', () => `${below(4) - (below(4) === 0 ? 1 : 0)}:${below(4)}`),
    ])
    const tokens = [
      padding,
      pick(['', '', perAxis('s', () => `${1 + below(3)}`)]),
      pick(['', '', perAxis('d', () => `${1 + below(3)}`)]),
      pick(['', '', '', '', perAxis('i', () => `${1 + below(2)}`)]),
      channels > 1 && groups > 1 ? `g${groups}` : '',
      pick(['', border(), border(), perAxis('border=', border)]),
      pick(['', 'flip']),
      pick(['', 'f64']),
    ]
    return [inputExtents.join('x'), '*', kernelExtents.join('x'), ...tokens]
      .filter((word) => word !== '')
      .join(' ')
  }
  return { below, pick, next: () => (below(4) === 0 ? imageCase() : anyCase()) }
}
