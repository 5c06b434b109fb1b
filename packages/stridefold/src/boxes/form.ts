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
import { version } from '../runtime/version.ts'
import type { Whole } from './whole.ts'

/** What `plan.form` holds. */
interface SavedForm extends WholeChoice {
  /** The version of the library: another one may round otherwise. */
  readonly stridefold: string
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
    ...{ stridefold: version, problem, algorithm, backend, form, reason },
    fused: fusesHere(backend, isDeterministic),
  } satisfies SavedForm)

/** Reads `plan.form` of another plan. Throws `OptionError` if it is of another problem. */
export function readForm(given: unknown, problem: string, isDeterministic: boolean): WholeChoice {
  const form = copyOf(given) as SavedForm | undefined
  if (!isRecord(form) || typeof form.stridefold !== 'string') throw invalidForm(given)
  const mismatch = (text: string): OptionError =>
    new OptionError('FORM_MISMATCH', `planBoxes: the form ${text}`)
  if (form.stridefold !== version) {
    throw mismatch(
      `was made by stridefold ${form.stridefold}, and this is ${version}: the last bits could ` +
        'differ. Use one version for all boxes.',
    )
  }
  const hasTiles = isRecord(form.form) && (!form.form.cutKeepsBits || isRecord(form.form.tiles))
  if (!hasTiles || !isKnown(form.algorithm)) throw invalidForm(given)
  if (form.problem !== problem) {
    throw mismatch(
      `is of another problem. It is of ${form.problem}; this one is ${problem}. Give the same ` +
        'shape, kernel and options, or leave form out.',
    )
  }
  const fused = fusesHere(form.backend, isDeterministic)
  if (form.fused !== fused) {
    throw mismatch(
      `comes from an engine that ${form.fused ? 'fuses' : 'does not fuse'} products and sums, ` +
        `and this one ${fused ? 'does' : 'does not'}: the last bits would differ. Give ` +
        'deterministic: true where the form is made, and here.',
    )
  }
  return form
}

/** A copy of plain data, with all its numbers. Undefined for what JSON cannot hold. */
function copyOf(given: unknown): unknown {
  try {
    return decoded(given)
  } catch {
    return undefined
  }
}

/** The error for a form that no plan has. */
export const invalidForm = (given: unknown): OptionError =>
  new OptionError(
    'FORM_INVALID',
    `planBoxes: option "form" is ${formatValue(given)}; it must be what plan.form of planBoxes ` +
      'holds, unchanged. Leave it out, or give plan.form.',
  )

const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null

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
