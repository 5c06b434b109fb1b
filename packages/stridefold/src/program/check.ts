/**
 * Does a program keep its own promises? Names, types, numbers of strides, who may write what, and
 * that no walk leaves its memory.
 *
 * Whether a walk stays inside is found from intervals, never by walking: a loop moves an address
 * between its two ends, and a bound cuts the loops it is made of down to the coordinates it lets
 * through.
 */

import { ensure } from '../errors.ts'
import { memoryBounds } from '../ndarray/layout.ts'
import type { ExternalLayouts } from './backend.ts'
import { type Buffer, isExternal, type Program, type Role, type Stage } from './program.ts'
import type { BoundsCheck, Loop, Step } from './steps.ts'
import { type MemoryAccess, accessesOf } from './accesses.ts'

interface RoleRules {
  readonly writable: 'never' | 'prepare' | 'run' | 'always'
  /** Whether it exists when a kernel is prepared. */
  readonly inPrepare: boolean
}

const rules: Readonly<Record<Role, RoleRules>> = {
  input: { writable: 'never', inPrepare: false },
  kernel: { writable: 'never', inPrepare: true },
  bias: { writable: 'never', inPrepare: false },
  output: { writable: 'run', inPrepare: false },
  scratch: { writable: 'always', inPrepare: true },
  guard: { writable: 'run', inPrepare: false },
  local: { writable: 'always', inPrepare: true },
  prepared: { writable: 'prepare', inPrepare: true },
  constant: { writable: 'never', inPrepare: true },
}

/**
 * Throws `InternalError` (`PROGRAM_INVALID`) where a program breaks a promise; the message names
 * stage, step and buffer.
 *
 * `externals`: sizes of the caller's arrays. Walks over arrays that are not in it are not held
 * against a size.
 */
export function checkProgram(program: Program, externals: ExternalLayouts = {}): void {
  const buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]))
  hold(buffers.size === program.buffers.length, 'the program', 'has two buffers of one name')
  for (const buffer of program.buffers) checkBuffer(buffer)
  for (const stage of program.stages) {
    for (const [index, step] of stage.steps.entries())
      checkStep(program, stage, step, `stage '${stage.name}', step ${index}`)
  }

  function checkStep({ dtype }: Program, stage: Stage, step: Step, place: string): void {
    if (step.kind === 'move')
      for (const bound of step.bounds)
        checkStrides(bound, [...stage.grid, ...step.loops], `${place}: bound`)
    if (step.kind === 'fft')
      hold(
        isWhole(step.points) && step.points > 0,
        place,
        `transforms ${step.points} points, not a whole number > 0`,
      )
    for (const walk of accessesOf(step, stage.grid)) {
      const buffer = buffers.get(walk.operand.buffer)
      const where = `${place}: ${walk.name}`
      hold(
        buffer !== undefined,
        where,
        `names the buffer '${walk.operand.buffer}', which the program does not have`,
      )
      if (step.kind !== 'move')
        hold(
          buffer.dtype === dtype,
          where,
          `is ${buffer.dtype} '${buffer.name}' in a program of ${dtype}`,
        )
      checkLoops(walk.loops, where)
      checkStrides(walk.operand, walk.loops, where)
      checkRole(buffer, walk, stage, where)
      checkReach(buffer, walk, externals, where)
    }
  }
}

function hold(condition: boolean, where: string, what: string): asserts condition {
  ensure(condition, 'PROGRAM_INVALID', `${where} ${what}.`)
}

function checkBuffer({ name, role, length, values }: Buffer): void {
  const where = `buffer '${name}'`
  hold(Object.hasOwn(rules, role), where, `has the role '${role}', which is none`)
  hold(isWhole(length), where, `has length ${length}, not a whole number ≥ 0`)
  const foreign = isExternal(role)
  hold(
    !foreign || length === 0,
    where,
    `is the caller's and cannot have a length of its own (${length})`,
  )
  const expected = role === 'constant' ? length : undefined
  hold(
    values?.length === expected,
    where,
    `of role ${role} and length ${length} has ${values?.length ?? 'no'} values`,
  )
}

function checkLoops(loops: readonly Loop[], where: string): void {
  for (const { name, extent } of loops)
    hold(isWhole(extent), where, `has a loop '${name}' of extent ${extent}, not a whole number ≥ 0`)
}

function checkStrides(
  walk: { readonly offset: number; readonly strides: readonly number[] },
  loops: readonly Loop[],
  where: string,
): void {
  const names = loops.map(({ name }) => name).join(', ')
  hold(
    walk.strides.length === loops.length,
    where,
    `has ${walk.strides.length} strides for ${loops.length} loops (${names})`,
  )
  const numbers = [walk.offset, ...walk.strides]
  hold(
    numbers.every(Number.isSafeInteger),
    where,
    `has offset and strides [${numbers}], which are not all whole numbers`,
  )
}

function checkRole({ name, role }: Buffer, walk: MemoryAccess, stage: Stage, where: string): void {
  const { writable, inPrepare } = rules[role]
  hold(
    inPrepare || !stage.prepare,
    where,
    `touches the ${role} '${name}' in a stage that prepares kernels`,
  )
  if (!walk.writes) return
  const allowed = writable === 'always' || writable === (stage.prepare ? 'prepare' : 'run')
  hold(
    allowed,
    where,
    `writes '${name}', but a stage that ${stage.prepare ? 'prepares' : 'runs'} may not write ` +
      `a buffer of role ${role}`,
  )
  if (role === 'local') return
  for (const [index, { name: item, extent }] of stage.grid.entries()) {
    const apart =
      walk.operand.strides[index] !== 0 || walk.bounds.some((bound) => bound.strides[index] !== 0)
    hold(
      extent < 2 || apart,
      where,
      `writes the same elements of '${name}' for all ${extent} items of grid loop '${item}'`,
    )
  }
}

function checkReach(
  buffer: Buffer,
  walk: MemoryAccess,
  externals: ExternalLayouts,
  where: string,
): void {
  const { role, name } = buffer
  const layout = isExternal(role) ? externals[role] : { lowest: 0, span: buffer.length }
  const touched = addressRange(walk)
  if (layout === undefined || touched === undefined) return
  const [lowest, highest] = [layout.lowest, layout.lowest + layout.span - 1]
  const [first, last] = touched.range
  const inside = first >= lowest && last <= highest
  hold(
    inside || !touched.tight,
    where,
    `walks from ${first} to ${last} in '${name}', which has elements ${lowest} to ${highest}`,
  )
}

/**
 * Between which addresses a walk goes, or undefined where it goes nowhere. Not `tight`: bounds that
 * cannot be turned into intervals were left out, so the walk may in truth be shorter. A bound over
 * several loops counts as if it met every multiple of their common divisor.
 */
function addressRange({
  operand,
  loops,
  bounds,
}: MemoryAccess): { range: readonly [number, number]; tight: boolean } | undefined {
  const extents = loops.map((loop) => loop.extent)
  if (extents.includes(0)) return undefined
  const free = [...extents]
  let range: readonly [number, number] = [operand.offset, operand.offset]
  let tight = true
  for (const bound of bounds) {
    const passed = coordinates(bound, extents)
    if (passed === 'all') continue
    if (passed === 'none') return undefined
    const used = bound.strides.flatMap((stride, l) => (stride !== 0 && extents[l]! > 1 ? [l] : []))
    const ratio = operand.strides[used[0]!]! / bound.strides[used[0]!]!
    if (used.some((l) => free[l] === 1 || operand.strides[l] !== ratio * bound.strides[l]!)) {
      tight = false
      continue
    }
    const ends = passed.map((coordinate) => ratio * (coordinate - bound.offset))
    range = [range[0] + Math.min(...ends), range[1] + Math.max(...ends)]
    for (const l of used) free[l] = 1
  }
  const [below, above] = memoryBounds(free, operand.strides, 0)
  return { range: [range[0] + below, range[1] + above], tight }
}

/** The lowest and highest coordinate that a bound lets through. */
function coordinates(
  { offset, strides, extent }: BoundsCheck,
  extents: readonly number[],
): readonly [number, number] | 'all' | 'none' {
  const [first, last] = memoryBounds(extents, strides, offset)
  if (first >= 0 && last < extent) return 'all'
  if (last < 0 || first >= extent) return 'none'
  const step = strides.reduce(
    (divisor, stride, l) => (extents[l]! > 1 ? gcd(divisor, Math.abs(stride)) : divisor),
    0,
  )
  const lowest = first >= 0 ? first : first + Math.ceil(-first / step) * step
  const highest = last < extent ? last : last - Math.ceil((last - extent + 1) / step) * step
  return lowest > highest ? 'none' : [lowest, highest]
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
const isWhole = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
