/**
 * How large are the caches of a processor? One record of plain data, given to lowering. Every size
 * of a block is computed from it, in the file that cuts the blocks, so one number says one thing.
 *
 * The caches of a machine change the speed of a program, never the bits of its results. So whatever
 * decides bits is computed from `nominalMachine`, on every machine: the points of a transform, the
 * parts of a long sum, the lanes of a contraction (docs/decisions/0004, 0019).
 */

/** The caches that one core can use, in bytes. */
export interface Machine {
  readonly l1Bytes: number
  readonly l2Bytes: number
  /** The part of the L3 cache that one core can use. */
  readonly l3Bytes: number
}

/**
 * One of two cores of an Intel Xeon (AVX-512), on which all prices were measured. Recorded on
 * 2026-11-20. Processors with smaller L2 caches are hardly slower with it, because a block fills
 * half of the cache or less.
 */
export const nominalMachine: Machine = {
  l1Bytes: 48 * 2 ** 10,
  l2Bytes: 2 * 2 ** 20,
  l3Bytes: 8 * 2 ** 20,
}
