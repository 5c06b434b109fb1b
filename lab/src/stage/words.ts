/**
 * The sentence about the current sum: what it comes from, and what it means.
 */

import { computed, type ReadonlySignal } from '@preact/signals'
import { nameOf } from './kernels.ts'
import { texts } from './messages/index.ts'
import type { Part, Role, Verdict } from './messages/types.ts'
import { numberText } from './number.ts'
import { added, place, products, stageModel } from './stage.ts'
import { outputAt, roundOff, type StageModel } from './stage-model.ts'

/** A sum with at most this many products is told product by product. */
const maxChain = 4
/** A result below this share of the scale is told as 0. */
const unseenShare = 0.12
/** A change of a grey below this is not told. */
const unseenChange = 6

const part = (role: Role, value: number): Part => ({ role, text: numberText(value) })

/** Products as a sum: `12 − 10`, not `12 + −10`. */
const sumOf = (values: readonly number[]): readonly Part[] =>
  values.flatMap((value, i) =>
    i === 0
      ? [part('product', value)]
      : [value < 0 ? ' − ' : ' + ', part('product', Math.abs(value))],
  )

/** The name of the kernel as it multiplies. */
export const kernelName = ({ kernel, divisor }: StageModel): ReturnType<typeof nameOf> =>
  nameOf(Array.from(kernel.data), divisor, kernel.width, kernel.height)

/** The tap in the middle of the kernel; of an even kernel, the one before the middle. */
export const middleOf = ({ kernel: { width, height } }: StageModel): number =>
  ((height - 1) >> 1) * width + ((width - 1) >> 1)

const total = (values: readonly number[]): number =>
  roundOff(values.reduce((sum, value) => sum + value, 0))

/** The sum of the products, before divisor and bias. While Play adds them: of those so far. */
export const sum: ReadonlySignal<number> = computed(() =>
  total(products.value.slice(0, added.value).map(({ product }) => product)),
)

export const result: ReadonlySignal<number> = computed(() =>
  outputAt(stageModel.value, place.value),
)

export const verdict: ReadonlySignal<Verdict> = computed(() => {
  const model = stageModel.value
  const all = products.value
  const text = texts()
  if (added.value !== undefined && added.value < all.length)
    return {
      parts: text.running(
        sumOf(all.slice(0, added.value).map(({ product }) => product)),
        part('output', sum.value),
      ),
      meaning: '',
    }
  const output = part('output', result.value)
  const counting = all.filter(({ weight }) => weight !== 0)
  const middleTap = middleOf(model)
  if (counting.length === 1 && model.bias === 0 && all.length > 1) {
    const [only] = counting
    return text.single(
      part('input', only!.value),
      output,
      only!.tap === middleTap,
      only!.weight === model.divisor,
    )
  }
  if (model.isSmall && all.length <= maxChain)
    return text.chain({
      products:
        all.length === 1
          ? [part('input', all[0]!.value), ' × ', part('kernel', all[0]!.weight)]
          : sumOf(all.map(({ product }) => product)),
      sum: part('product', sum.value),
      divisor: model.divisor === 1 ? undefined : part('kernel', model.divisor),
      bias: model.bias === 0 ? undefined : part('kernel', model.bias),
      result: output,
    })
  const middle = all[middleTap]!.value
  const { low, high } = model.outputScale
  const change = result.value - middle
  return text.verdict({
    kernel: model.isPicture ? kernelName(model) : undefined,
    positive: part('product', total(all.map(({ product }) => Math.max(0, product)))),
    negative: part('product', total(all.map(({ product }) => Math.max(0, -product)))),
    result: output,
    middle: part('input', middle),
    sign:
      Math.abs(result.value) < Math.max(-low, high) * unseenShare
        ? 0
        : (Math.sign(result.value) as -1 | 1),
    change: Math.abs(change) < unseenChange ? 0 : (Math.sign(change) as -1 | 1),
  })
})

/** A sentence without the roles of its numbers. */
export const plainText = (parts: readonly Part[]): string =>
  parts.map((word) => (typeof word === 'string' ? word : word.text)).join('')
