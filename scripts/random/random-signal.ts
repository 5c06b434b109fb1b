/** A random call of `convolve` or `correlate`. */

import {
  borders,
  count,
  type Next,
  type Packed,
  type Pad,
  pickFrom,
  type RandomCase,
} from './random-case.ts'

/** Returns a case whose result has samples. */
export function randomSignal(
  next: Next,
  make: (shape: readonly number[]) => Packed,
  isInteger: boolean,
): RandomCase {
  const pick = pickFrom(next)
  for (;;) {
    const rank = pick([1, 1, 2, 2, 2, 3, 4])
    const extents = Array.from({ length: rank }, () => 1 + next([60, 20, 8, 5][rank - 1]!))
    const kernel = Array.from({ length: rank }, () => 1 + next([17, 7, 4, 3][rank - 1]!))
    const stride = Array.from({ length: rank }, () => pick([1, 1, 1, 2, 3]))
    const dilation = Array.from({ length: rank }, () => pick([1, 1, 1, 2]))
    const excess = kernel.map((k, a) => dilation[a]! * (k - 1))
    const channelAxis = rank > 1 && next(3) === 0 ? next(rank + 1) : undefined
    const { option: boundary, perAxis: boundaries } = borders(next, rank)
    const modes = Array.from({ length: rank }, () =>
      pick(['full', 'same', 'same-lower', 'valid'] as const),
    )
    const mode = next(2) === 0 ? modes : modes.map(() => modes[0]!)
    const explicit = next(4) === 0
    const pads = explicit
      ? extents.map((): Pad => [next(7) - 1, next(7) - 1])
      : mode.map((m, a): Pad => {
          const [small, large] = [Math.floor(excess[a]! / 2), Math.ceil(excess[a]! / 2)]
          return {
            full: [excess[a]!, excess[a]!],
            same: [small, large],
            'same-lower': [large, small],
            valid: [0, 0],
          }[m] as Pad
        })
    const fits = extents.every(
      (n, a) =>
        n + pads[a]![0] + pads[a]![1] > excess[a]! &&
        n + Math.min(0, pads[a]![0]) + Math.min(0, pads[a]![1]) >= 1,
    )
    if (!fits) continue
    const isUniform = mode.every((m) => m === mode[0])
    const options: Record<string, unknown> = {
      stride,
      dilation,
      boundary,
      ...(explicit ? { padding: pads } : { mode: isUniform ? mode[0] : mode }),
    }
    const bias = next(3) === 0 ? next(7) - 3 : 0
    if (bias !== 0) options.bias = bias
    if (next(4) === 0) options.backend = pick(['js', 'wasm'])
    if (channelAxis !== undefined)
      options.channelAxis = next(2) === 0 ? channelAxis : channelAxis - rank - 1
    const slices = 1 + next(4)
    const withChannels = (spatial: readonly number[]): readonly number[] =>
      channelAxis === undefined ? spatial : spatial.toSpliced(channelAxis, 0, slices)
    const hasKernelPerChannel = next(2) === 0
    const reference = {
      call: '',
      pads,
      boundaries,
      stride,
      dilation,
      bias,
      channelAxis: channelAxis ?? null,
      mode: !explicit && isUniform ? mode[0] : null,
      ndimage: next(2) === 0,
    }
    const call = pick(['convolve', 'correlate'])
    const arrays = {
      input: make(withChannels(extents)),
      kernel: make(hasKernelPerChannel ? withChannels(kernel) : kernel),
    }
    return {
      kind: 'signal',
      call,
      arrays,
      options,
      reference: { ...reference, call },
      products: count(kernel) + 1,
      isInteger,
    }
  }
}
