/**
 * The form of a whole problem as a value that JSON keeps. Another process computes boxes with the
 * same bits from it: it has all that decides them, and tells for which problem.
 */

import { OptionError } from '../errors.ts'
import { formatValue } from '../geometry/format-value.ts'
import { dtypes } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { sliceBytes, type Work } from '../ndarray/work.ts'
import { algorithms } from '../planner/decide.ts'
import type { WholeChoice } from '../planner/decide-box.ts'
import { decoded, encoded } from '../planner/decision-json.ts'
import { textOf } from '../problem/key.ts'
import { capabilities } from '../runtime/capabilities.ts'
import type { Whole } from './whole.ts'

/** What `plan.form` holds. */
interface SavedForm extends WholeChoice {
  readonly version: 1
  /** The problem, as text. */
  readonly problem: string
  /** Whether products and sums are rounded at once. Undefined if that never happens. */
  readonly fused: boolean | undefined
}

export const savedForm = (
  { algorithm, backend, form, reason }: WholeChoice,
  problem: string,
  isDeterministic: boolean,
): object =>
  encoded({
    ...{ version: 1, problem, algorithm, backend, form, reason },
    fused: fusesHere(backend, isDeterministic),
  } satisfies SavedForm)

/** Reads `plan.form` of another plan. Throws `OptionError` if it is of another problem. */
export function readForm(given: unknown, problem: string, isDeterministic: boolean): WholeChoice {
  const form = decoded(given) as SavedForm | null
  if (typeof form !== 'object' || form?.version !== 1 || !isKnown(form.algorithm)) {
    throw new OptionError(
      'FORM_INVALID',
      `planBoxes: option "form" is ${formatValue(given)}; it must be the form of a plan of ` +
        'planBoxes, as this version of stridefold wrote it. Leave it out, or give plan.form.',
    )
  }
  if (form.problem !== problem) {
    throw new OptionError(
      'FORM_MISMATCH',
      `planBoxes: the form is of another problem. It is of ${form.problem}; this one is ` +
        `${problem}. Give the same shape, kernel and options, or leave form out.`,
    )
  }
  const fused = fusesHere(form.backend, isDeterministic)
  if (form.fused !== fused) {
    throw new OptionError(
      'FORM_MISMATCH',
      `planBoxes: the form comes from an engine that ${form.fused ? 'fuses' : 'does not fuse'} ` +
        `products and sums, and this one ${fused ? 'does' : 'does not'}: the last bits would ` +
        'differ. Give deterministic: true where the form is made, and here.',
    )
  }
  return form
}

const isKnown = (name: unknown): boolean =>
  algorithms().some((algorithm) => algorithm.name === name)

const fusesHere = (backend: string, isDeterministic: boolean): boolean | undefined =>
  backend === 'js' || isDeterministic ? undefined : capabilities().relaxedSimd

/** The text of a problem: all that its form depends on, with the values of the kernel hashed. */
export function* problemTextWork(
  { geometry, inputShape, inputDType, question }: Whole,
  kernel: NdArray,
): Work<string> {
  const { call, storedDType, offset, options } = question
  const { accuracy, deterministic } = options
  const layout = textOf([...inputShape])
  const hash = yield* hashWork(kernel)
  return (
    `${call} ${layout} ${inputDType} as ${geometry.key} to ${storedDType}, bias ` +
    `${textOf(offset)}, ${accuracy}${deterministic ? ', deterministic' : ''}, kernel ` +
    `${kernel.dtype} ${textOf([...kernel.shape])} #${hash}`
  )
}

/** 64 bits of the values of a dense array: two hashes of the kind FNV-1a with other factors. */
function* hashWork({ data, offset, shape, dtype }: NdArray): Work<string> {
  const count = shape.reduce((n, extent) => n * extent, 1)
  const { bytes } = dtypes[dtype]
  const all = new Uint8Array(data.buffer, data.byteOffset + offset * bytes, count * bytes)
  let [a, b] = [0x811c9dc5, 0x9747b28c]
  for (const [i, byte] of all.entries()) {
    a = Math.imul(a ^ byte, 0x01000193)
    b = Math.imul(b ^ byte, 0x5bd1e995)
    b ^= b >>> 15
    if (i % sliceBytes === 0) yield
  }
  const text = (n: number): string => (n >>> 0).toString(16).padStart(8, '0')
  return text(a) + text(b)
}
