/**
 * A finding as a list of facts, one for each sentence. A fact with `isUsual` is no change from a
 * plain correlation. The texts of the page have the sentences.
 */

import type { Boundary } from 'stridefold/sync'
import { isReshaped, layoutFacts, type Sharing, usualSpatial } from './arrangements.ts'
import type { Rule } from './endings.ts'
import type { Finding, Trap } from './finding.ts'
import type { ArrayName } from './readings.ts'
import type { Orientation } from './structures.ts'
import { type PaddingName, readsOutside } from './windows.ts'

export type FactorReason = 'sum' | 'taps' | 'divisor' | 'negated' | 'number'

export type Fact = { readonly isUsual?: boolean } & (
  | { readonly kind: 'orientation'; readonly orientation: Orientation }
  | {
      readonly kind: 'padding'
      readonly name: PaddingName
      readonly sides: readonly (readonly [before: number, after: number])[]
    }
  | { readonly kind: 'border'; readonly boundary: Boundary }
  | { readonly kind: 'stride' | 'dilation'; readonly values: readonly number[] }
  | { readonly kind: 'transposed'; readonly array: ArrayName }
  | {
      readonly kind: 'reshaped'
      readonly array: ArrayName
      /** The axes in the order in which the numbers lie, and as the shape says. */
      readonly order: string
      readonly letters: string
    }
  | { readonly kind: 'last'; readonly arrays: readonly ArrayName[] }
  | { readonly kind: 'weights'; readonly letters: string }
  | { readonly kind: 'groups'; readonly groups: number; readonly isDepthwise: boolean }
  | { readonly kind: 'sharing'; readonly sharing: Sharing }
  | { readonly kind: 'factor'; readonly factor: number; readonly reason: FactorReason }
  | { readonly kind: 'offsets'; readonly offsets: readonly number[] }
  | { readonly kind: 'rule'; readonly rule: Rule }
  | { readonly kind: 'trap'; readonly trap: Trap }
)

export function factsOf(finding: Finding): readonly Fact[] {
  const { trap, orientation } = finding
  return [
    ...(trap ? [{ kind: 'trap', trap } as const] : []),
    { kind: 'orientation', orientation, isUsual: orientation === 'as-is' },
    ...windowFacts(finding),
    ...arrayFacts(finding),
    ...endingFactsOf(finding),
  ]
}

function windowFacts({ windows, boundary }: Finding): readonly Fact[] {
  const { axes, padding } = windows
  const each = (of: 'stride' | 'dilation'): readonly number[] => axes.map((axis) => axis[of])
  const sides = axes.map(({ before, after }) => [before, after] as const)
  return [
    { kind: 'padding', name: padding, sides, isUsual: padding === 'valid' },
    ...(boundary !== 'zero' && readsOutside(windows)
      ? [{ kind: 'border', boundary } as const]
      : []),
    ...(['stride', 'dilation'] as const).flatMap((kind) => {
      const values = each(kind)
      return values.some((value) => value > 1) ? [{ kind, values }] : []
    }),
  ]
}

function arrayFacts({ arrangement }: Finding): readonly Fact[] {
  const { x, k, y, groups, sharing } = arrangement
  const named = [
    ['x', x],
    ['k', k],
    ['y', y],
  ] as const
  const isDepthwise = groups === x.shape[1]
  return [
    ...named.flatMap(([array, { isTransposed }]) =>
      isTransposed ? [{ kind: 'transposed', array } as const] : [],
    ),
    ...named.flatMap(([array, reading]) =>
      isReshaped(reading) ? [{ kind: 'reshaped', array, ...lettersOf(reading) } as const] : [],
    ),
    ...layoutFacts(x, k, y),
    ...(sharing === 'own' ? [] : [{ kind: 'sharing', sharing, isUsual: true } as const]),
    ...(groups > 1 && sharing === 'own'
      ? [{ kind: 'groups', groups, isDepthwise, isUsual: true } as const]
      : []),
  ]
}

const lettersOf = ({ letters, order }: { letters: string; order: string }) => ({
  letters: usualSpatial(letters),
  order,
})

function endingFactsOf({ ending, arrangement }: Finding): readonly Fact[] {
  const { factor, offsets, rule } = ending
  return [
    ...(factor === 1
      ? []
      : [{ kind: 'factor', factor, reason: reasonOf(factor, arrangement) } as const]),
    ...(offsets.every((offset) => offset === 0) ? [] : [{ kind: 'offsets', offsets } as const]),
    ...(rule.kind === 'none' ? [] : [{ kind: 'rule', rule } as const]),
  ]
}

function reasonOf(factor: number, { k, sharing, x }: Finding['arrangement']): FactorReason {
  if (factor === -1) return 'negated'
  const shared = sharing === 'sum' ? x.shape[1]! : 1
  const filters = k.shape[0]!
  const sum = (shared * k.values.reduce((total, weight) => total + weight, 0)) / filters
  if (factor === 1 / sum) return 'sum'
  if (factor === 1 / ((shared * k.values.length) / filters)) return 'taps'
  return Number.isInteger(1 / factor) ? 'divisor' : 'number'
}

/** What another finding says that the best does not, and the other way round. */
export function otherFacts(
  best: Finding,
  other: Finding,
): { readonly added: readonly Fact[]; readonly dropped: readonly Fact[] } {
  const [ofBest, ofOther] = [factsOf(best), factsOf(other)]
  const without = (facts: readonly Fact[], others: readonly Fact[]): readonly Fact[] => {
    const texts = new Set(others.map((fact) => JSON.stringify(fact)))
    return facts.filter((fact) => !texts.has(JSON.stringify(fact)))
  }
  return { added: without(ofOther, ofBest), dropped: without(ofBest, ofOther) }
}

/** The even kernels on which libraries differ: the calls that do it like the finding. */
export function sameAs({ windows, orientation }: Finding): readonly string[] {
  const { axes, padding } = windows
  const isEven = axes.some(({ kernel }) => kernel % 2 === 0)
  const isPlain = axes.every(({ stride, dilation }) => stride === 1 && dilation === 1)
  if (!isEven || !isPlain || (padding !== 'same' && padding !== 'same-lower')) return []
  return calls[`${orientation === 'turned' ? 'turned' : 'as-is'} ${padding}`]
}

/** docs/even-kernels.md */
const calls: Readonly<Record<`${'turned' | 'as-is'} ${'same' | 'same-lower'}`, readonly string[]>> =
  {
    'turned same-lower': ['np.convolve', 'signal.convolve', 'signal.convolve2d'],
    'turned same': ['ndimage.convolve', 'MATLAB conv2'],
    'as-is same-lower': ['np.correlate', 'signal.correlate', 'ndimage.correlate', 'cv2.filter2D'],
    'as-is same': ["PyTorch padding='same'", "TensorFlow 'SAME'", 'signal.correlate2d'],
  }
