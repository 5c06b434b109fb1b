/**
 * The plan of a problem whose boxes are computed one by one. Each box is a problem of its own with
 * the form of the whole (planner/decide-box.ts), and runs as an asynchronous call does.
 */

import { OptionError } from '../errors.ts'
import { checkShape } from '../ndarray/check-shape.ts'
import { computeDType, type DType, dtypes, isStorageOnly } from '../ndarray/dtype.ts'
import { type ArrayInput, asReadable } from '../ndarray/interop.ts'
import { elementCount, isContiguous } from '../ndarray/layout.ts'
import { allocateArray, isInBackendMemory } from '../ndarray/memory.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import { validateOptions } from '../ndarray/options.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import { finish, type Work } from '../ndarray/work.ts'
import type { Range } from '../planner/boxes.ts'
import { inputInOrder } from '../problem/axis-orders.ts'
import type { BackendName } from '../program/backend.ts'
import { checkOut, outArray } from '../runtime/arrays.ts'
import { copyWork } from '../runtime/copy-work.ts'
import { isSuited, isValid } from '../runtime/execute.ts'
import { executableOf, prepareOn } from '../runtime/loaded.ts'
import { finishInTurn } from '../runtime/pace.ts'
import type { Planned } from '../runtime/planned.ts'
import { runInTurn, type Turn, throwIfAborted } from '../runtime/turns.ts'
import {
  checkedBox,
  fillWindow,
  isWindow,
  type Part,
  partOf,
  quantumOf,
  readsOf,
  type Way,
  windowOf,
} from './parts.ts'
import { type BoxProgram, BoxPrograms } from './programs.ts'
import { samplesOf } from './reads.ts'
import type { Whole } from './whole.ts'

/** Options of one run of a box. */
export interface BoxRunOptions<Out extends object = object> {
  /**
   * The array that receives the result. Default: a new array. It needs the shape of the box and the
   * type of the results; a typed array needs only as many elements.
   */
  readonly out?: Out
  /**
   * Aborts the run. Default: none. The promise rejects with the reason of the signal: at once if
   * the run waits, or within 100 ms if workers compute it.
   */
  readonly signal?: AbortSignal
}

/** What `planBoxes` found. */
export interface PlannedBoxes {
  readonly whole: Whole
  readonly planned: Planned
  /** In canonical order, in the type of the sums. */
  readonly kernel: NdArray
  readonly way: Way
  /** Where boxes of the fallback may begin, and its form when a box needs it. */
  readonly fallback: { readonly way: Way; readonly work: () => Work<Way> }
  readonly form: object
  readonly errorBound: number
}

/** The arrays of one run, and its turn. */
interface Run {
  readonly reads: readonly (readonly Range[])[]
  readonly samples: NdArray
  readonly results: NdArray
  readonly turn: Turn
}

/** Programs of other sizes stay loaded. They take as many bytes as the largest one. */
const shareOfPrograms = 2

/**
 * A convolution whose arrays lie elsewhere, computed box by box. Made by `planBoxes`.
 *
 * `D` is the dtype of its results.
 */
export class BoxesPlan<D extends DType = DType> {
  readonly #of: PlannedBoxes
  readonly #programs: BoxPrograms
  /** Memory for windows. Runs never overlap. */
  #window = new ArrayBuffer(0)
  #fallback: Way | undefined
  /** The most bytes of programs, of the boxes that ran. */
  #mostBytes = 0
  #isDisposed = false

  /** The shape of the whole input. */
  readonly inputShape: readonly number[]
  /** The shape of the whole result. */
  readonly outputShape: readonly number[]
  /** The element type of the samples. */
  readonly inputDType: DType
  /** The element type of the results. */
  readonly outputDType: D
  /** The name of the algorithm. The whole array in memory has the same bits with it. */
  readonly algorithm: string
  /** The name of the backend, `'wasm'` or `'js'`. */
  readonly backend: BackendName
  /** The reason for the choice, in one line. */
  readonly reason: string
  /** Whether boxes have the bits of the whole. If not, `why` has the reason. */
  readonly cutKeepsBits: boolean
  /** Why boxes have other bits than the whole; undefined if they have the same. */
  readonly why: string | undefined
  /** A bound on the error of each result, see `Candidate.errorBound`. It holds for boxes, too. */
  readonly errorBound: number
  /**
   * Along each axis of the result: boxes begin at multiples of this number. They end at multiples,
   * too, or at the end of the result. Infinity: the axis is not cut.
   */
  readonly quantum: readonly number[]
  /**
   * Everything that decides the bits, and a fingerprint of the problem, as plain data that JSON
   * keeps. `planBoxes` with this form computes boxes with the same bits in another process.
   */
  readonly form: object

  /** Made by `planBoxes`. */
  constructor(of: PlannedBoxes) {
    const { whole, planned, kernel, way, form, errorBound } = of
    const { choice } = way
    this.#of = of
    this.#programs = new BoxPrograms(whole, planned, kernel)
    this.inputShape = whole.inputShape
    this.outputShape = whole.outputShape
    this.inputDType = whole.inputDType
    // The type of the results follows the options of `planBoxes`.
    this.outputDType = whole.question.storedDType as D
    this.algorithm = choice.algorithm
    this.backend = choice.backend
    this.reason = choice.reason
    this.cutKeepsBits = choice.form.cutKeepsBits
    this.why = choice.form.cutKeepsBits ? undefined : choice.form.why
    this.errorBound = errorBound
    this.quantum = quantumOf(whole, choice)
    this.form = form
    if (typeof Symbol.dispose === 'symbol')
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() })
  }

  /**
   * Returns the samples that a box reads, for each axis of the input: sorted, disjoint ranges of
   * the whole array. Usually one; two for `'wrap'` at an end; none if the box reads only a constant
   * border. They include what the tiles of the algorithm read beyond the windows.
   *
   * - `box`: one range for each axis of the result.
   *
   * Throws `OptionError` (`BOX_INVALID`) for a box that is not valid. Costs microseconds.
   *
   * @example
   * const plan = await planBoxes('correlate', [10], [1, 1, 1], { boundary: 'wrap' })
   * plan.readsOf([[0, 5]]) // [[[0, 6], [9, 10]]]
   */
  readsOf(box: readonly Range[]): readonly (readonly Range[])[] {
    return readsOf(this.#partsOf(this.#checked(box)))
  }

  /**
   * Returns the bytes that `run` takes for a box, beside the caller's samples and results: a copy
   * of its window, the workspace, and packed weights. The size of the box decides, not its place.
   * The memory stays for the next runs, so the largest box that ran counts.
   *
   * - `box`: one range for each axis of the result.
   *
   * Throws `OptionError` (`BOX_INVALID`) for a box that is not valid, and `UnavailableError`
   * (`BOX_TOO_LARGE`) for one that no memory holds. Plans the first box of each size, which takes
   * some milliseconds; computes nothing.
   *
   * @example
   * const plan = await planBoxes('correlate', [1e6, 1e6], [[1, 2, 1]])
   * plan.bytesOf([[0, 512], [0, 512]]) < 2 ** 24 // true
   */
  bytesOf(box: readonly Range[]): number {
    const [part] = this.#partsOf(this.#checked(box))
    const { question } = this.#of.whole
    const window = windowOf(part!)
    const stored =
      question.storedDType === question.resultDType
        ? 0
        : elementCount(part!.outputShape) * dtypes[question.resultDType].bytes
    const { bytes } = finish(this.#programs.ofPart(part!, this.#of.way))
    return (
      elementCount(window.shape) * dtypes[window.dtype].bytes + stored + shareOfPrograms * bytes
    )
  }

  /**
   * Computes a box in a later turn of the event loop. Returns a promise of its results. Large boxes
   * are computed by workers; several runs wait for each other.
   *
   * - `box`: one range for each axis of the result.
   * - `samples`: an array with the samples that `readsOf(box)` lists: along each axis those of all
   *   its ranges, one behind the other. A typed array needs only as many elements. The library adds
   *   the border.
   * - `options`: `out`, the array for the result, and `signal`, which aborts the run.
   *
   * The result has the shape of the box. If `cutKeepsBits`, it has the bits of the whole array in
   * memory, computed with the same algorithm. Exception: if a sample is NaN, infinite or huge, some
   * algorithms leave the work to the direct sum: here only for the boxes that read it.
   *
   * Rejects with `OptionError` for a box that is not valid (`BOX_INVALID`), for samples of another
   * shape (`SHAPE_MISMATCH`) or type (`DTYPE_MISMATCH`), and after `dispose()` (`PLAN_DISPOSED`).
   * Rejects with `UnavailableError` if there is not enough memory. Leave the arrays alone until the
   * promise settles.
   *
   * @example
   * const plan = await planBoxes('correlate', [6], [1, 1, 1])
   * plan.readsOf([[3, 6]]) // [[[2, 6]]]
   * await plan.run([[3, 6]], Float32Array.of(3, 4, 5, 6)) // [12, 15, 11]
   * plan.dispose()
   */
  async run<Out extends object = object>(
    box: readonly Range[],
    samples: ArrayInput,
    options?: BoxRunOptions<Out>,
  ): Promise<NdArray<D>> {
    const { out, signal } = validateOptions<BoxRunOptions>('run', options ?? {}, ['out', 'signal'])
    this.#checkNotDisposed()
    const ranges = this.#checked(box)
    const parts = this.#partsOf(ranges)
    const reads = readsOf(parts)
    const input = this.#samples(samples, reads)
    const { question } = this.#of.whole
    const shape = parts[0]!.outputShape
    const own = { call: 'run', outputShape: shape, resultDType: question.storedDType }
    const result = out === undefined ? undefined : outArray('run', out, shape)
    if (result !== undefined) checkOut(result, own, [input])
    return (await runInTurn(
      (turn) => this.#run(parts, reads, input, result, turn),
      signal,
    )) as NdArray as NdArray<D>
  }

  /**
   * Frees the memory of the plan: compiled code, packed weights, and the copy of a window. A later
   * run rejects with `OptionError` (`PLAN_DISPOSED`). Never throws.
   *
   * @example
   * const plan = await planBoxes('correlate', [5], [1, 2])
   * plan.dispose()
   * plan.algorithm // 'strided'
   */
  dispose(): void {
    this.#isDisposed = true
    this.#window = new ArrayBuffer(0)
    this.#programs.dispose()
  }

  /**
   * The same as `dispose()`, for `using`. Missing in engines without `Symbol.dispose`. Never
   * throws.
   *
   * @example
   * const plan = await planBoxes('correlate', [3], [1])
   * plan[Symbol.dispose]?.()
   * plan.algorithm // 'strided'
   */
  declare readonly [Symbol.dispose]: () => void

  #checked(box: unknown): readonly Range[] {
    return checkedBox(box, this.outputShape, this.quantum)
  }

  #checkNotDisposed(): void {
    if (!this.#isDisposed) return
    throw new OptionError(
      'PLAN_DISPOSED',
      'this plan was disposed of and cannot run. Make a new one with planBoxes().',
    )
  }

  /** How a box is computed, and how its fallback would. */
  #partsOf(ranges: readonly Range[]): readonly Part[] {
    const { whole, way, fallback } = this.#of
    return [way, fallback.way].map((each) => partOf(whole, each, ranges))
  }

  #samples(samples: unknown, reads: readonly (readonly Range[])[]): NdArray {
    const { inputDType } = this.#of.whole
    const shape = reads.map(samplesOf)
    const given = asReadable(samples, 'samples')
    const isFlat = given.data === samples && given.shape[0] === elementCount(shape)
    const array = isFlat ? view(given.data, shape) : promoteUntyped(given, computeDType(inputDType))
    checkShape('run: samples', array, shape)
    if (array.dtype === inputDType) return array
    throw new OptionError(
      'DTYPE_MISMATCH',
      `run: samples are ${array.dtype}, but the plan is for ${inputDType}. Give samples of that ` +
        `type, or inputDType: '${array.dtype}' to planBoxes.`,
    )
  }

  async #run(
    parts: readonly Part[],
    reads: readonly (readonly Range[])[],
    samples: NdArray,
    out: NdArray | undefined,
    turn: Turn,
  ): Promise<NdArray> {
    this.#checkNotDisposed()
    const { question } = this.#of.whole
    const { outputShape } = parts[0]!
    const stored = out ?? allocateArray(outputShape, question.storedDType)
    const isDirect =
      !isStorageOnly(question.storedDType) &&
      isContiguous(stored.shape, stored.strides) &&
      !isInBackendMemory(stored)
    const results = isDirect ? stored : allocateArray(outputShape, question.resultDType)
    await this.#compute({ reads, samples, results, turn }, parts)
    if (!isDirect) await finishInTurn(copyWork(results, stored), turn)
    return stored
  }

  async #compute(run: Run, [part, fallbackPart]: readonly Part[]): Promise<void> {
    const { way, fallback } = this.#of
    const { turn } = run
    const program = await finishInTurn(this.#programs.ofPart(part!, way), turn)
    this.#mostBytes = Math.max(this.#mostBytes, shareOfPrograms * program.bytes)
    if (await this.#computeBy(program, part!, run)) return
    throwIfAborted(turn.signal)
    this.#fallback ??= await finishInTurn(fallback.work(), turn)
    const direct = await finishInTurn(this.#programs.ofPart(fallbackPart!, this.#fallback), turn)
    await this.#computeBy(direct, fallbackPart!, run)
  }

  /** Computes a box. Returns whether its results are right. */
  async #computeBy(
    box: BoxProgram,
    part: Part,
    { reads, samples, results, turn }: Run,
  ): Promise<boolean> {
    const { whole, kernel } = this.#of
    const { orders } = whole.question
    const window = isWindow(part, reads, samples) ? samples : this.#windowFor(part)
    if (window !== samples) await finishInTurn(fillWindow(part, reads, samples, window), turn)
    const operands = {
      input: inputInOrder(window, orders),
      kernel,
      bias: undefined,
      output: inputInOrder(results, orders),
    }
    this.#checkNotDisposed()
    const program = this.#programs.loaded(box, this.#mostBytes)
    if (!(await isSuited(program, operands, { turn }))) return false
    await prepareOn(box.planned, program, kernel, { turn })
    await executableOf(program).run(operands, true, undefined, turn.signal)
    return isValid(program, executableOf(program))
  }

  #windowFor(part: Part): NdArray {
    const { shape, dtype } = windowOf(part)
    const bytes = elementCount(shape) * dtypes[dtype].bytes
    if (this.#window.byteLength < bytes) {
      this.#window = new ArrayBuffer(0)
      this.#window = allocateArray([Math.ceil(bytes / 8)], 'float64').data.buffer as ArrayBuffer
    }
    return view(dtypes[dtype].create(this.#window, 0, elementCount(shape)), shape)
  }
}
