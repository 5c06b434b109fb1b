/**
 * Defines the interface of an algorithm: a function that turns a geometry and the descriptors of
 * its operands into a program.
 *
 * An algorithm never sees an array, only shapes, strides and dtypes. So one program can run on any
 * arrays with the same descriptors.
 */

import type { Boundary } from '../geometry/boundary.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import type { Work } from '../ndarray/work.ts'
import type { Machine } from '../program/machine.ts'
import type { Program } from '../program/program.ts'
import type { PolyphaseComponent } from './polyphase.ts'

/**
 * The tiles of an algorithm, one entry for each polyphase component. A part of a problem has the
 * bits of the whole only with the tiles of the whole. Plain data.
 */
export type TileForms = Readonly<Record<string, TileForm>>

export interface TileForm {
  /** For each spatial axis: the outputs of a tile (winograd), or its points (fft). */
  readonly sizes: readonly number[]
  /** The axis along which two tiles share a transform: 0 is the batch. Only for fft. */
  readonly pairAxis?: number
  /** Whether channels are innermost. Only for fft. */
  readonly channelsLast?: boolean
  /** The parts of every sum. Only for direct sums with few results. */
  readonly sumParts?: number
}

/** How a problem is lowered to a program. Plain data. */
export interface Lowering {
  /** The tiles of the whole, for a part of a problem. Default: those of the problem itself. */
  readonly tiles?: TileForms | undefined
  /**
   * The processor. It decides the sizes of blocks, never the bits of a result. Default:
   * `nominalMachine`.
   */
  readonly machine?: Machine | undefined
}

/** Boxes begin at multiples of these numbers. */
export interface Quantum {
  readonly batch: number
  readonly filters: number
  /** The outputs along each spatial axis; Infinity for an axis that stays whole. */
  readonly outputs: readonly number[]
}

/** How a problem may be cut into boxes of outputs whose results have the bits of the whole. */
export interface Cuts {
  readonly quantum: Quantum
  /**
   * True if a box may treat the border of an axis that it does not cut as the whole does. False if
   * every box needs a copy of its samples, borders included.
   */
  readonly keepsBorders: boolean
  /**
   * Along each axis, the samples that the last window of a box needs to be followed by, because the
   * tiles of the algorithm read them.
   */
  readonly reach: readonly number[]
  /** What tiles read outside the input, along each axis. */
  readonly boundary: readonly Boundary[]
  /** True if tiles read zeros behind the last sample that any window reads. */
  readonly endsWithWindows: boolean
}

export interface Algorithm {
  readonly name: string
  /** One sentence that describes the algorithm to a user. */
  readonly summary: string
  /**
   * True if the algorithm reads the values of the kernel: it needs their properties, and its
   * programs contain numbers computed from them. Another kernel then needs another program.
   */
  readonly readsValues?: boolean
  /**
   * The number of outputs along an axis that a box should be a multiple of. Undefined if every
   * number that `cuts` allows is equally fast.
   */
  blockOutputs?(g: ConvGeometry, axis: number, tiles: TileForms): number
  /**
   * False if another algorithm is never slower. The planner then skips this one with `auto`, unless
   * no other algorithm supports the problem.
   */
  consideredByAuto?(g: ConvGeometry): boolean
  /**
   * True if a NaN or an infinity in the input may reach results whose definition does not read it.
   * Also if a huge value may overflow in between. The decision then has a fallback.
   */
  spreadsNonFinite?(descriptors: OperandDescriptors): boolean
  /**
   * True if sums of integers with weights that are binary fractions are exact wherever the direct
   * sum is exact. Undefined for algorithms that round in between.
   */
  isExact?(g: ConvGeometry, descriptors: OperandDescriptors): boolean
  /**
   * True if samples of this problem are read as they are, and summed as integers
   * (`integers.ts`). Undefined if the algorithm always converts them.
   */
  sumsIntegers?(g: ConvGeometry, descriptors: OperandDescriptors): boolean
  /**
   * True if the algorithm skips products with the zeros of a border. Only a finite kernel allows
   * that, because 0 · ∞ is NaN. The decision then has a fallback for other kernels, with
   * `descriptors.everyProduct`.
   */
  skipsZeroProducts?(g: ConvGeometry, descriptors: OperandDescriptors): boolean
  /**
   * True if the algorithm may never replace the direct sum, whatever its error bound. It is not
   * used with accuracy 'strict'.
   */
  readonly excludedFromStrict?: boolean
  /** The reason why the algorithm does not support this problem. Undefined if it does. */
  unsupportedReason(g: ConvGeometry, descriptors: OperandDescriptors): string | undefined
  /**
   * A bound on the error of the outputs of these polyphase components. Its unit:
   *
   *   epsilon · max|x| · Σ|k|
   *
   * An output of a dilated input sums only the taps of its own component, so only those taps count.
   * `of` defaults to all components: then the bound is the largest of theirs.
   */
  errorBoundFactor(
    g: ConvGeometry,
    descriptors: OperandDescriptors,
    of?: readonly PolyphaseComponent[],
  ): number
  /** The tiles of a problem. Undefined for algorithms without tiles. */
  tiles?(g: ConvGeometry): TileForms
  /** How the problem may be cut. A text: the reason why its parts would have other bits. */
  cuts(g: ConvGeometry, descriptors: OperandDescriptors, tiles: TileForms): Cuts | string
  /** Returns the program of a problem, or of a part of a problem with the tiles of the whole. */
  program(g: ConvGeometry, descriptors: OperandDescriptors, lowering?: Lowering): Program
  /** The work of `program`. Undefined if the program is always small. */
  programWork?(g: ConvGeometry, descriptors: OperandDescriptors, lowering?: Lowering): Work<Program>
}

/** The work of `algorithm.program`: in one piece, if the algorithm has no other. */
export function* programWork(
  algorithm: Algorithm,
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  lowering?: Lowering,
): Work<Program> {
  return algorithm.programWork === undefined
    ? algorithm.program(g, descriptors, lowering)
    : yield* algorithm.programWork(g, descriptors, lowering)
}
