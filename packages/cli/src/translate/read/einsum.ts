/**
 * `np.einsum` on windows of `sliding_window_view`: which letter is a batch, a channel, a filter, a
 * group or a window?
 */

import type { Pair } from '../arrays-and-borders.ts'
import { type Arguments, arrayOf, given } from './arguments.ts'
import { type Convolution, makeConvolution, requireLayout } from './convolution.ts'
import { type Axis, isUntouched, type Tensor, tensorOf } from './tensor.ts'
import { described, type Value } from './values.ts'
import { notRead } from './wording.ts'

/**
 * `np.einsum('nchwij,fcij->nfhw', windows, k)`: letters of the windows that the kernel shares are
 * summed. A letter in all three is a group.
 */
export function einsum(args: Arguments): Value {
  const formula = given(args, 'subscripts')
  const match =
    typeof formula === 'string'
      ? /^([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)$/.exec(formula.replaceAll(' ', ''))
      : null
  if (match === null)
    throw notRead(
      `${args.call}: the formula is ${described(formula)}`,
      "Write it with its result, such as 'yxij,ij->yx'.",
    )
  const [, x, k, y] = match as unknown as readonly [string, string, string, string]
  const [input, kernel] = [arrayOf(args, 'a'), arrayOf(args, 'b')]
  return {
    kind: 'convolution',
    input: input.source,
    kernel: kernel.source,
    build: (bind) => {
      const [windowed, weights] = [tensorOf(input, bind), tensorOf(kernel, bind)]
      requireLayout(windowed, x, args.call)
      requireLayout(weights, k, args.call)
      return fromEinsum(args.call, windowed, weights, [x, k, y])
    },
  }
}

function fromEinsum(
  call: string,
  input: Tensor,
  kernel: Tensor,
  [x, k, y]: readonly [string, string, string],
): Convolution {
  const refuse = (why: string): never => {
    throw notRead(`${call} '${x},${k}->${y}' ${why}`, 'Use windows of sliding_window_view.')
  }
  const axisOf = (letter: string): Axis | undefined => input.axes[x.indexOf(letter)]
  const spatial: { readonly output: Axis; readonly taps: Axis; readonly weights: Axis }[] = []
  const roles: Record<string, { axis: Axis; weights?: Axis } | undefined> = {}
  for (const letter of new Set([...x, ...k])) {
    const axis = axisOf(letter)
    const weights = kernel.axes[k.indexOf(letter)]
    const [inX, inK, inY] = [x, k, y].map((letters) => letters.includes(letter))
    if (axis && axis.window > 0 && inX && !inK && inY) {
      const taps = input.axes.findIndex(
        (other) => other.part === 'tap' && other.source === axis.source,
      )
      const tapLetter = x[taps]!
      const ofKernel = kernel.axes[k.indexOf(tapLetter)]
      if (ofKernel === undefined || y.includes(tapLetter))
        refuse(`does not sum over the taps '${tapLetter}'`)
      spatial.push({ output: axis, taps: input.axes[taps]!, weights: ofKernel! })
    } else if (axis?.part === 'tap') {
      if (!inK) refuse(`has no weights for the taps '${letter}'`)
    } else if (axis && inX && inY && !inK) {
      if (roles.N) refuse('has two axes that are a batch')
      roles.N = { axis }
    } else if (axis && weights && inX && inK && !inY) {
      if (roles.C) refuse('sums over two axes that are not windows')
      roles.C = { axis, weights }
    } else if (axis && weights && inX && inK && inY) {
      if (roles.G) refuse('has two axes that are groups')
      roles.G = { axis, weights }
    } else if (weights && !inX && inK && inY) {
      if (roles.F) refuse('has two axes that are filters')
      roles.F = { axis: weights }
    } else refuse(`has the letter '${letter}', which has no meaning here`)
  }
  if (spatial.length === 0) refuse('has no windows')
  for (const { taps, weights } of spatial)
    if (taps.extent !== weights.extent)
      refuse(`has ${taps.extent} taps for ${weights.extent} weights`)
  const places = [...y].flatMap((letter): ('N' | 'C' | number)[] => {
    const at = spatial.findIndex(({ output }) => output === axisOf(letter))
    if (at >= 0) return [at]
    return [roles.N && axisOf(letter) === roles.N.axis ? 'N' : 'C']
  })
  const groups = roles.G?.axis.extent ?? 1
  const part = (axis: Axis | undefined): number => axis?.extent ?? 1
  for (const role of [roles.N, roles.C, roles.F, roles.G])
    for (const axis of [role?.axis, role?.weights])
      if (axis && !isUntouched(axis)) refuse('has a batch, channels or filters that are padded')
  const letters = 'NC'.slice(roles.N || roles.C || roles.F || roles.G ? 0 : 2)
  // A window that is longer than its taps need leaves samples unread at its end.
  const order = spatial.map(({ output, taps }): Axis => {
    const unread = output.window - ((taps.extent - 1) * taps.step + 1)
    return { ...output, after: output.after - unread, window: 0, step: 1 }
  })
  const whole = (extent: number): Axis => ({
    ...order[0]!,
    source: undefined,
    part: 'whole',
    extent,
    before: 0,
    after: 0,
    border: 'zero',
    isCropped: false,
    spread: 1,
    isReversed: false,
  })
  const lead = (first: number, second: number): Axis[] =>
    letters === '' ? [] : [whole(first), whole(second)]
  const convolution = makeConvolution(
    { ...input, axes: [...lead(part(roles.N?.axis), part(roles.C?.axis) * groups), ...order] },
    {
      ...kernel,
      axes: [
        ...lead(part(roles.F?.axis) * groups, part(roles.C?.axis)),
        ...spatial.map(({ weights }) => weights),
      ],
    },
    {
      call,
      inputLayout: `${letters}${'S'.repeat(spatial.length)}`,
      kernelLayout: `${letters === '' ? '' : 'OI'}${'S'.repeat(spatial.length)}`,
      stride: spatial.map(({ output }) => output.step),
      dilation: spatial.map(({ taps }) => taps.step),
      own: spatial.map((): Pair => [0, 0]),
      groups,
    },
  )
  const { layer: _, ...rest } = convolution
  return { ...rest, result: places }
}
