/**
 * Chooses how a nest becomes vector code: with or without packed weights, with merged or separate
 * lines, and with either operand stationary. The cheapest mapping and tile win (best-mapping.ts).
 * This file does not depend on convolution.
 */

import { nominalMachine } from '../../../program/machine.ts'
import {
  bestMapping,
  type Candidate,
  cyclesGoodEnough,
  isOverlap,
  type ScheduleOptions,
} from './best-mapping.ts'
import {
  type LoopMapping,
  type OperandName,
  type Registers,
  type Schedule,
  type Tile,
  tilesAlongRows,
} from './mapping.ts'
import type { Nest, NestLoop } from './nest.ts'

/**
 * Registers of a common engine. They decide the mapping, so that the order of summation is the same
 * on every machine.
 */
const nominalRegisters: Registers = {
  ...{ count: 15, fused: true, hoistsLoads: false, body: 96, shared: 220 },
  machine: nominalMachine,
}

/**
 * Returns the nest. `free` names an operand that will be packed; sum loops then merge by the
 * strides of the other. With `keepLinesSeparate` the loops over results are not merged.
 */
type NestFor = (free?: OperandName, keepLinesSeparate?: boolean) => Nest

/**
 * The cheapest schedule. The loops and the kind fix the order of summation, so they are chosen for
 * the nominal registers. The measured registers decide only the size of the tile. If only one order
 * of summation is possible, or the order is given, the measured registers decide everything.
 */
export function schedule(nestFor: NestFor, options: ScheduleOptions): Schedule {
  const { count, fused, hoistsLoads, body, shared } = options.registers
  const isNominal =
    count === nominalRegisters.count &&
    fused === nominalRegisters.fused &&
    hoistsLoads === nominalRegisters.hoistsLoads &&
    body === nominalRegisters.body &&
    shared === nominalRegisters.shared
  if (isNominal || nestFor().isOrdered) return toSchedule(search(nestFor, options), options)
  const candidate = search(nestFor, { ...options, registers: nominalRegisters })
  const { nest, mapping } = candidate
  const hasOneOrder = nest.sum.length < 2 && nest.block === undefined && !mapping.packed
  const unpacked = { ...options, packable: { a: false, b: false } }
  return toSchedule(
    (hasOneOrder
      ? search(nestFor, unpacked)
      : bestMapping(nest, mapping.stationary, mapping.packed, options, mapping)) ?? candidate,
    options,
  )
}

/** The cheapest mapping for these registers, with either operand stationary. */
function search(nestFor: NestFor, options: ScheduleOptions): Candidate {
  let cheapest: Candidate | undefined
  for (const stationary of ['b', 'a'] as const) {
    const isPackable = options.packable[stationary] && !options.scalar
    for (const packed of isPackable ? [true, false] : [false]) {
      const nests = nestsOf(nestFor, stationary, packed, cheapest?.mapping.packed === true, options)
      for (const nest of nests) {
        cheapest = cheaper(cheapest, bestMapping(nest, stationary, packed, options))
        if (cheapest !== undefined && cheapest.cycles <= cyclesGoodEnough(nest, options.element))
          return cheapest
      }
    }
  }
  return cheapest!
}

/**
 * The nests to try. The first merges the lines of results into one loop, which has no line ends.
 * The second keeps lines separate, so that neighbouring lines share loads. It is tried only if they
 * read overlapping values and an unrolled body may be long enough to use this.
 *
 * Packed weights serve many lanes. Sharing loads between lines matters only if no weights are
 * packed, and if packing (`isPackedCheapest`) was not cheaper before.
 */
function nestsOf(
  nestFor: NestFor,
  stationary: OperandName,
  packed: boolean,
  isPackedCheapest: boolean,
  { scalar, registers }: ScheduleOptions,
): Nest[] {
  if (packed) return [nestFor(stationary)]
  if (isPackedCheapest) return [nestFor()]
  const nest = nestFor()
  if (scalar || nest.result.every((loop) => loop.parts.length === 1)) return [nest]
  const separateLines = nestFor(undefined, true)
  const moving = stationary === 'a' ? 'b' : 'a'
  const paysOff = (row: NestLoop, sum: NestLoop): boolean =>
    isOverlap(row, sum, moving) && minSharingRows * sum.extent <= registers.shared
  return separateLines.result.some((row) => separateLines.sum.some((sum) => paysOff(row, sum)))
    ? [nest, separateLines]
    : [nest]
}

/**
 * Minimum number of rows that share loads. With fewer, the line ends cost more than sharing saves.
 */
const minSharingRows = 4

function cheaper(a: Candidate | undefined, b: Candidate | undefined): Candidate | undefined {
  return a === undefined || (b !== undefined && b.cycles < a.cycles) ? b : a
}

function toSchedule(
  { nest, mapping, tile, cycles }: Candidate,
  { scalar, registers }: ScheduleOptions,
): Schedule {
  const inner = tilesAlongRows(mapping) ? 'row' : 'lane'
  const steps = nest.sum.at(-1)?.extent ?? 1
  const unroll = scalar ? 1 : Math.min(steps, 8, unrolledSteps(mapping, tile, registers))
  return { ...mapping, tile, inner, unroll, cycles }
}

/** How many sum steps should one body of a plain sum have? */
function unrolledSteps(
  { lane, moving, outerRow }: LoopMapping,
  { rows, vectors }: Tile,
  { body, count, fused, hoistsLoads }: Registers,
): number {
  if (hoistsLoads) {
    const loads = vectors + rows * (lane[moving] === 0 ? 1 : vectors)
    const free = count - rows * vectors - (fused ? 0 : 1)
    return Math.max(1, Math.floor(free / loads))
  }
  // If every row has a pointer, two sum steps per iteration halve the pointer arithmetic.
  return Math.max(outerRow === undefined ? 1 : 2, Math.floor(body / (rows * vectors)))
}
