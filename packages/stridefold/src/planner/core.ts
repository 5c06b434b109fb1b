/**
 * The working part of a plan: one problem, decided once, compiled for the arrays that come, run as often as wanted.
 *
 * The decision belongs to the geometry; what is compiled belongs to a geometry *and* the layout and type of the arrays, so a plan compiles
 * a variant for each combination that it meets.
 */

import type { Facts, KernelFacts } from '../algorithms/algorithm.ts'
import { OptionError, UnavailableError } from '../errors.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { CallOptions } from '../geometry/options.ts'
import type { TypedArray } from '../ndarray/dtype.ts'
import { isIntact } from '../ndarray/intact.ts'
import { elementCount } from '../ndarray/layout.ts'
import { allocated, isInBackendMemory } from '../ndarray/memory.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import { promoted } from '../ndarray/untyped.ts'
import type { Executable, Watch } from '../program/backend.ts'
import { type Choice, choose } from './choose.ts'
import { asksForValues, dependsOnValues } from './exactness.ts'
import { foldBytes, folded } from './fold.ts'
import { isWorthLooking, KernelCopy, kernelFacts } from './kernel-facts.ts'
import { biasOf, checkOut, computed, externalOf, type Operands } from './operands.ts'
import { factsOf, layoutOf, type Problem, promised } from './problem.ts'
import { type Externals, stripExecutable } from './strips.ts'
import { isTame } from './tame.ts'
import { type Verified, verified } from './verify.ts'

/** A kernel that a plan was made for, and what is known of its values. */
export interface Values {
  readonly copy: KernelCopy
  readonly facts: KernelFacts
}

export interface Variant {
  readonly choice: Choice
  /** What the algorithm was told: the kernel's properties among it. */
  facts: Facts
  /** Compiled when it is first asked for: by a run, or for the memory it takes. */
  readonly executable: Executable
  /** Gives back the memory of what was compiled. */
  readonly forget: () => void
  /** Whether another kernel may ask for another choice. */
  readonly readsValues: boolean
  /** The facts that its constants were made from, and a way to make them from others. */
  values: KernelFacts | undefined
  readonly exchange: (values: KernelFacts) => void
  /** See `Algorithm.mingles`. */
  readonly mingles: boolean
  /** See `Algorithm.leavesOut`. */
  readonly leavesOut: boolean
  /** The kernel whose weights the executable holds ready. */
  prepared: KernelCopy | undefined
  /** Whether that kernel was the plan's own. */
  own: boolean
}

interface LatestRun {
  readonly x: NdArray
  readonly k: NdArray
  readonly out: NdArray
  readonly variant: Variant
  readonly operands: Operands
}

export class PlanCore {
  readonly problem: Problem
  readonly options: CallOptions
  #values: Values | undefined
  readonly #variants = new Map<string, Variant>()
  /** Weights that nobody else can reach: what was prepared from them stays right. */
  #own: NdArray | undefined
  /** The arrays of the latest run, for as long as nothing else is collected. */
  #latest: WeakRef<LatestRun> | undefined
  #disposed = false
  /** The same problem by the direct sum of every product, made when an input or a kernel needs it. */
  #direct: PlanCore | undefined
  /** The same problem for any kernel, made when a plan meets another one than it was made for. */
  #forAny: PlanCore | undefined
  readonly #everyProduct: boolean

  constructor(problem: Problem, options: CallOptions, values?: Values, everyProduct = false) {
    this.problem = problem
    this.options = options
    this.#values = values
    this.#everyProduct = everyProduct
  }

  /** The kernel whose values the choice depends on, where it does. */
  get known(): KernelCopy | undefined {
    return this.#values?.copy
  }

  /**
   * Goes on with another kernel whose values lead to the same choice: what is compiled stays, and
   * gets other constants when it runs.
   */
  adopt(values: Values): void {
    if (this.#values === values) return
    this.#values = values
    this.#latest = undefined
  }

  get geometry(): ConvGeometry {
    return this.problem.geometry
  }

  /** Runs with this kernel, which nobody else may hold, compare no weights. */
  fix(kernel: NdArray): void {
    this.#own = kernel
  }

  /** Decides and compiles for arrays like these; data are not looked at. */
  variant({ input, kernel, bias, output }: Operands): Variant {
    const key =
      [input, kernel, output].map((x) => `${x.dtype}${isInBackendMemory(x) ? '*' : ''}[${x.strides}]`).join() +
      (bias === undefined ? '' : '+')
    const known = this.#values?.facts
    const found = this.#variants.get(key)
    if (found !== undefined) {
      if (known !== undefined && found.values !== known) found.exchange(known)
      return found
    }
    const facts = {
      ...factsOf(this.problem, input, kernel, layoutOf(output), bias !== undefined),
      ...(known === undefined ? {} : { values: known }),
      ...(this.#everyProduct ? { everyProduct: true } : {}),
    }
    const externals: Externals = {
      input: externalOf(input),
      kernel: externalOf(kernel),
      output: externalOf(output),
      ...(bias === undefined ? {} : { bias: externalOf(bias) }),
    }
    const made = this.#chosen(facts, externals)
    this.#variants.set(key, made)
    return made
  }

  /** The best that fits: what is compiled may take more than was predicted, and then the choice is made again, knowing it. */
  #chosen(facts: Facts, externals: Externals): Variant {
    const { memoryLimit, options } = this.#forProgram()
    const taken = new Map<string, number>()
    for (;;) {
      const choice = choose(this.geometry, facts, externals, options, taken)
      const made = this.#made(choice, facts, externals)
      // Looked at before anything runs; without a limit nothing is compiled yet.
      if (memoryLimit === Infinity || made.executable.workspaceBytes <= memoryLimit) return made
      taken.set(choice.key, made.executable.workspaceBytes)
      made.forget()
    }
  }

  /** Options with what memory a fold leaves of the limit. */
  #forProgram(): { readonly options: CallOptions; readonly memoryLimit: number } {
    const { options, problem } = this
    const bytes = foldBytes(problem)
    if (options.memoryLimit === undefined || bytes === 0) return { options, memoryLimit: options.memoryLimit ?? Infinity }
    const memoryLimit = options.memoryLimit - bytes
    if (memoryLimit >= 0) return { options: { ...options, memoryLimit }, memoryLimit }
    throw new UnavailableError(
      'MEMORY_LIMIT',
      `${problem.call}: adding the border's part of the result back to the samples it repeats takes ${bytes} bytes, and memoryLimit is ${options.memoryLimit}. Raise memoryLimit.`,
    )
  }

  #made(choice: Choice, facts: Facts, externals: Externals): Variant {
    const { geometry, problem } = this
    const { key, algorithm, backend, decision, program, strips } = choice
    const taken = choice.facts
    let compiled: Executable | undefined
    const made: Variant = {
      facts: taken,
      choice: {
        ...{ key, algorithm, backend, facts: taken, decision, program, strips },
        get candidates() {
          const workspaceBytes = made.executable.workspaceBytes + foldBytes(problem)
          return choice.candidates.map((c) => (c.algorithm === algorithm.name ? { ...c, workspaceBytes } : c))
        },
      },
      get executable() {
        compiled ??=
          strips === undefined ? backend.compile(program, externals) : stripExecutable(geometry, facts, externals, strips, backend)
        return compiled
      },
      forget: () => compiled?.dispose(),
      readsValues: algorithm.readsValues === true || dependsOnValues(algorithm, geometry, taken, this.options),
      values: facts.values,
      exchange(values) {
        made.values = values
        made.facts = { ...taken, values }
        if (algorithm.readsValues !== true) return
        const { buffers } = algorithm.program(strips?.geometry ?? geometry, made.facts)
        made.executable.exchange(buffers)
        made.prepared = undefined
      },
      mingles: algorithm.mingles?.(facts) === true && !program.buffers.some((buffer) => buffer.role === 'guard'),
      leavesOut: !this.#everyProduct && algorithm.leavesOut?.(geometry, taken) === true,
      prepared: undefined,
      own: false,
    }
    return made
  }

  /** Computes into a new array, or into `out`. `bias`: that of the problem, or another of its shape. */
  run(x: NdArray, k: NdArray, out: NdArray | undefined, bias: unknown = this.problem.bias): NdArray {
    return this.repeated(x, k, out) ?? this.#firstRun(x, k, out, bias)
  }

  /** A run whose parts are heard of. */
  watched(x: NdArray, k: NdArray, out: NdArray | undefined, watch: Watch): NdArray {
    return this.#firstRun(x, k, out, this.problem.bias, watch)
  }

  /**
   * The run of before once more, where all three arrays are those of before: no check of shape and layout, which cannot have changed.
   * Small problems are repeated often, and there checking costs more than computing. Undefined where anything is new.
   */
  repeated(x: unknown, k: unknown, out: unknown): NdArray | undefined {
    const again = this.#latest?.deref()
    if (again === undefined || again.x !== x || again.k !== k || again.out !== out) return undefined
    if (!isIntact(again.x) || !isIntact(again.k) || !isIntact(again.out)) return undefined
    this.#executeOn(again.variant, again.operands)
    return again.out
  }

  #firstRun(x: NdArray, k: NdArray, outArray: NdArray | undefined, biasGiven: unknown, watch?: Watch): NdArray {
    if (this.#disposed) throw new OptionError('PLAN_DISPOSED', 'this plan was disposed of and cannot run. Make a new one with plan().')
    const { problem, options } = this
    const { geometry: g, outputShape, resultDType } = problem
    const input = problem.arrange(promoted(x, g.dtype))
    const kernel = computed(problem.arrangeKernel(promoted(k, g.dtype)), g.dtype)
    const bias = biasOf(problem, biasGiven)
    if (outArray !== undefined) checkOut(outArray, problem, [x, k])
    const isEmpty = outputShape.includes(0) || elementCount(g.axes.map((axis) => axis.output)) === 0
    if (outArray === undefined && problem.folds === undefined && !isEmpty && options.verify !== true) {
      const fresh = this.#fresh({ input, kernel, bias, output: problem.arrange(promised(outputShape, resultDType)) }, watch)
      if (fresh !== undefined) return view(fresh, outputShape)
    }
    const result = outArray ?? allocated(outputShape, resultDType)
    const unfolded =
      problem.folds === undefined ? undefined : allocated([g.batch, g.filters, ...g.axes.map((axis) => axis.output)], g.dtype)
    const output = unfolded ?? problem.arrange(result)
    // What is folded gets its bias and activation when its sums are whole.
    const operands = { input, kernel, bias: unfolded === undefined ? bias : undefined, output }
    let ran: Variant | undefined
    if (elementCount(output.shape) > 0) {
      const variant = this.variant(operands)
      ran = this.#executeOn(variant, operands, watch)
      const asTheyAre = input.data === x.data && kernel.data === k.data && output.data === outArray?.data
      if (asTheyAre && bias === undefined && options.verify !== true)
        this.#latest = new WeakRef({ x, k, out: outArray!, variant, operands })
    }
    if (unfolded !== undefined) {
      folded(unfolded, problem.arrange(result), problem, bias)
      watch?.('fold the border back')
    }
    if (options.verify === true && ran !== undefined) verifiedRun(problem, { input, kernel, bias, result }, ran)
    return result
  }

  /** The result as memory that the backend makes for it; undefined where it writes into memory that is there. */
  #fresh(operands: Operands, watch: Watch | undefined): TypedArray | undefined {
    const variant = this.variant(operands)
    const { executable } = variant
    if (executable.runFresh === undefined || needsDirect(variant, operands)) return undefined
    this.#prepareOn(variant, operands.kernel, watch)
    try {
      const result = executable.runFresh(operands, watch)
      return executable.isSpoilt?.() === true ? undefined : result
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause
      throw new UnavailableError('OUT_OF_MEMORY', `a result of shape [${this.problem.outputShape}] is larger than this engine can hold.`, {
        cause,
      })
    }
  }

  /** Returns the variant whose result it is. */
  #executeOn(variant: Variant, operands: Operands, watch?: Watch): Variant {
    if (needsDirect(variant, operands)) return this.#executeDirectly(operands, watch)
    this.#prepareOn(variant, operands.kernel, watch)
    variant.executable.run(operands, true, watch)
    return variant.executable.isSpoilt?.() === true ? this.#executeDirectly(operands, watch) : variant
  }

  #executeDirectly(operands: Operands, watch: Watch | undefined): Variant {
    this.#direct ??= new PlanCore(this.problem, { ...this.options, algorithm: 'strided' }, undefined, true)
    return this.#direct.#executeOn(this.#direct.variant(operands), operands, watch)
  }

  /** The same problem, chosen for whatever values a kernel has. */
  withoutValues(): PlanCore {
    if (this.#disposed) return this
    this.#forAny ??= new PlanCore(this.problem, this.options)
    return this.#forAny
  }

  /** Does the weights of this kernel for arrays like those the variant was made for. */
  prepare(variant: Variant, kernel: NdArray): void {
    const { problem } = this
    this.#prepareOn(variant, computed(problem.arrangeKernel(kernel), problem.geometry.dtype))
  }

  #prepareOn(variant: Variant, kernel: NdArray, watch?: Watch): void {
    const unchanged = kernel.data === this.#own?.data
    const ready = variant.prepared !== undefined && ((unchanged && variant.own) || variant.prepared.holds(kernel))
    if (ready) return
    // Until the new weights are in place the executable holds none that may be used.
    variant.prepared = undefined
    variant.executable.prepare(kernel, watch)
    variant.prepared = new KernelCopy(kernel)
    variant.own = unchanged
  }

  /** Gives the memory of what was compiled back; the next run compiles again. */
  forget(): void {
    for (const { forget } of this.#variants.values()) forget()
    this.#variants.clear()
    this.#latest = undefined
    this.#direct?.forget()
    this.#forAny?.forget()
  }

  dispose(): void {
    this.forget()
    this.#disposed = true
  }
}

/** Compares what a variant computed with the definition, within the bound that its algorithm states for this kernel. */
function verifiedRun(problem: Problem, operands: Verified, { choice, facts }: Variant): void {
  const { algorithm, backend } = choice
  verified(problem, operands, algorithm.errorGrowth(problem.geometry, facts), `${algorithm.name} on ${backend.name}`)
}
/** Whether these values may not come to an algorithm that spreads some, or leaves out products. */
const needsDirect = ({ mingles, leavesOut }: Variant, { input, kernel }: Operands): boolean =>
  (mingles && !isTame(input)) || (leavesOut && !isTame(kernel))

/** A plan core for arrays; looks at the kernel's values where that may pay. */
export function planFor(problem: Problem, options: CallOptions, k: NdArray, always: boolean): PlanCore {
  return new PlanCore(problem, options, valuesOf(problem, options, k, always))
}

/** A kernel's values, where looking at them may pay. */
export function valuesOf(problem: Problem, options: CallOptions, k: NdArray, always: boolean): Values | undefined {
  const { geometry: g } = problem
  const { algorithm = 'auto' } = options
  const looks = always || algorithm === 'separable' || (algorithm === 'auto' && isWorthLooking(g)) || asksForValues(g, options)
  if (!looks) return undefined
  const kernel = problem.arrangeKernel(promoted(k, g.dtype))
  const facts = kernelFacts(g, kernel, options)
  return facts === undefined ? undefined : { copy: new KernelCopy(computed(kernel, g.dtype)), facts }
}
