/**
 * Is a program valid? Checks names, dtypes, numbers of strides, which stage may write which role,
 * and that no access leaves its buffer.
 *
 * Accesses are checked with intervals, not by enumerating indices. A loop moves an address between
 * two ends, and a bound limits its loops to the coordinates inside.
 */

import { ensure } from '../errors.ts'
import { type DType, dtypes, isStorageOnly } from '../ndarray/dtype.ts'
import { gcd } from '../ndarray/gcd.ts'
import { memoryBounds } from '../ndarray/layout.ts'
import { isEmpty } from '../ndarray/loops.ts'
import { finish, type Work } from '../ndarray/work.ts'
import { accessesOf, type MemoryAccess } from './accesses.ts'
import type { ExternalLayouts } from './backend.ts'
import { type Buffer, isExternal, type Program, type Role, type Stage } from './program.ts'
import type { BoundsCheck, IntegerSums, Loop, Step } from './steps.ts'

interface RoleRules {
  readonly writable: 'never' | 'prepare' | 'run' | 'always'
  /** True if the buffer exists while a kernel is prepared. */
  readonly inPrepare: boolean
}

const rules: Readonly<Record<Role, RoleRules>> = {
  input: { writable: 'never', inPrepare: false },
  kernel: { writable: 'never', inPrepare: true },
  bias: { writable: 'never', inPrepare: false },
  addend: { writable: 'never', inPrepare: false },
  output: { writable: 'run', inPrepare: false },
  scratch: { writable: 'always', inPrepare: true },
  guard: { writable: 'run', inPrepare: false },
  local: { writable: 'always', inPrepare: true },
  prepared: { writable: 'prepare', inPrepare: true },
  constant: { writable: 'never', inPrepare: true },
}

/**
 * Throws `InternalError` (`PROGRAM_INVALID`) if a program is not valid. The message names stage,
 * step and buffer.
 *
 * `externals`: the sizes of the caller's arrays. The size of an array that is missing there is not
 * checked.
 */
export const checkProgram = (program: Program, externals: ExternalLayouts = {}): void =>
  finish(checkProgramWork(program, externals))

/** The work of `checkProgram`. */
export function* checkProgramWork(program: Program, externals: ExternalLayouts): Work<void> {
  const buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]))
  check(
    buffers.size === program.buffers.length,
    'the program',
    'has two buffers with the same name',
  )
  for (const buffer of program.buffers) checkBuffer(buffer)
  for (const stage of program.stages) {
    for (const [index, step] of stage.steps.entries())
      checkStep(program, stage, step, `stage '${stage.name}', step ${index}`)
    yield
  }

  function checkStep({ dtype }: Program, stage: Stage, step: Step, place: string): void {
    if (step.kind === 'move')
      for (const bound of step.bounds)
        checkStrides(bound, [...stage.grid, ...step.loops], `${place}: bound`)
    if (step.kind === 'fft')
      check(
        isNonNegativeInteger(step.points) && step.points > 0,
        place,
        `transforms ${step.points} points, not a whole number > 0`,
      )
    if (step.kind === 'contract' && step.integer !== undefined)
      check(step.start === 'zero', place, 'sums integers, so it needs start zero')
    if (step.kind === 'maximum') check(!isEmpty(step.window), place, 'takes the maximum of nothing')
    for (const access of accessesOf(step, stage.grid)) {
      const buffer = buffers.get(access.operand.buffer)
      const where = `${place}: ${access.name}`
      check(buffer !== undefined, where, `names the unknown buffer '${access.operand.buffer}'`)
      const integer = step.kind === 'contract' ? step.integer : undefined
      if (integer !== undefined && access.name !== 'bias')
        check(
          access.name === 'to' || isSummable(buffer.dtype, integer),
          where,
          `is ${buffer.dtype} '${buffer.name}', which is not summed in ${integer.type}`,
        )
      else if (step.kind !== 'move')
        check(
          buffer.dtype === dtype,
          where,
          `is ${buffer.dtype} '${buffer.name}' in a program of ${dtype}`,
        )
      checkLoops(access.loops, where)
      checkStrides(access.operand, access.loops, where)
      checkRole(buffer, access, stage, where)
      checkReach(buffer, access, externals, where)
    }
  }
}

const isSummable = (dtype: DType, { type }: IntegerSums): boolean =>
  dtypes[dtype].integer && (dtype !== 'int32' || type === 'int32')

function check(condition: boolean, where: string, what: string): asserts condition {
  ensure(condition, 'PROGRAM_INVALID', `${where} ${what}.`)
}

function checkBuffer({ name, role, dtype, length, values }: Buffer): void {
  const where = `buffer '${name}'`
  check(!isStorageOnly(dtype), where, `has dtype ${dtype}, which the runtime converts`)
  check(Object.hasOwn(rules, role), where, `has the unknown role '${role}'`)
  check(isNonNegativeInteger(length), where, `has length ${length}, not a whole number ≥ 0`)
  const belongsToCaller = isExternal(role)
  check(
    !belongsToCaller || length === 0,
    where,
    `belongs to the caller and must have length 0, not ${length}`,
  )
  const expected = role === 'constant' ? length : undefined
  check(
    values?.length === expected,
    where,
    `of role ${role} and length ${length} has ${values?.length ?? 'no'} values`,
  )
}

function checkLoops(loops: readonly Loop[], where: string): void {
  for (const { name, extent } of loops)
    check(
      isNonNegativeInteger(extent),
      where,
      `has a loop '${name}' of extent ${extent}, not a whole number ≥ 0`,
    )
}

function checkStrides(
  access: { readonly offset: number; readonly strides: readonly number[] },
  loops: readonly Loop[],
  where: string,
): void {
  const names = loops.map(({ name }) => name).join(', ')
  check(
    access.strides.length === loops.length,
    where,
    `has ${access.strides.length} strides for ${loops.length} loops (${names})`,
  )
  const numbers = [access.offset, ...access.strides]
  check(
    numbers.every(Number.isSafeInteger),
    where,
    `has offset and strides [${numbers}], which are not all whole numbers`,
  )
}

function checkRole(
  { name, role }: Buffer,
  access: MemoryAccess,
  stage: Stage,
  where: string,
): void {
  const { writable, inPrepare } = rules[role]
  check(
    inPrepare || !stage.prepare,
    where,
    `touches the ${role} '${name}' in a stage that prepares kernels`,
  )
  if (!access.writes) return
  const allowed = writable === 'always' || writable === (stage.prepare ? 'prepare' : 'run')
  check(
    allowed,
    where,
    `writes '${name}', but a stage that ${stage.prepare ? 'prepares' : 'runs'} may not write ` +
      `a buffer of role ${role}`,
  )
  if (role === 'local') return
  for (const [index, { name: item, extent }] of stage.grid.entries()) {
    const writesSeparately =
      access.operand.strides[index] !== 0 ||
      access.bounds.some((bound) => bound.strides[index] !== 0)
    check(
      extent < 2 || writesSeparately,
      where,
      `writes the same elements of '${name}' for all ${extent} items of grid loop '${item}'`,
    )
  }
}

function checkReach(
  buffer: Buffer,
  access: MemoryAccess,
  externals: ExternalLayouts,
  where: string,
): void {
  const { role, name } = buffer
  const layout = isExternal(role) ? externals[role] : { lowest: 0, span: buffer.length }
  const touched = addressRange(access)
  if (layout === undefined || touched === undefined) return
  const [lowest, highest] = [layout.lowest, layout.lowest + layout.span - 1]
  const [first, last] = touched.range
  const inside = first >= lowest && last <= highest
  check(
    inside || !touched.tight,
    where,
    `reaches from ${first} to ${last} in '${name}', which has elements ${lowest} to ${highest}`,
  )
}

/**
 * Returns the range of addresses of an access; undefined if it accesses nothing. `tight` is false
 * if a bound has no form as an interval and was left out: then the true range may be smaller. A
 * bound over several loops counts as if it reached every multiple of their common divisor.
 */
function addressRange({
  operand,
  loops,
  bounds,
}: MemoryAccess): { range: readonly [number, number]; tight: boolean } | undefined {
  const extents = loops.map((loop) => loop.extent)
  if (extents.includes(0)) return undefined
  const remainingExtents = [...extents]
  let range: readonly [number, number] = [operand.offset, operand.offset]
  let tight = true
  for (const bound of bounds) {
    const inside = coordinates(bound, extents)
    if (inside === 'all') continue
    if (inside === 'none') return undefined
    const used = bound.strides.flatMap((stride, l) => (stride !== 0 && extents[l]! > 1 ? [l] : []))
    const ratio = operand.strides[used[0]!]! / bound.strides[used[0]!]!
    if (
      used.some(
        (l) => remainingExtents[l] === 1 || operand.strides[l] !== ratio * bound.strides[l]!,
      )
    ) {
      tight = false
      continue
    }
    const ends = inside.map((coordinate) => ratio * (coordinate - bound.offset))
    range = [range[0] + Math.min(...ends), range[1] + Math.max(...ends)]
    for (const l of used) remainingExtents[l] = 1
  }
  const [below, above] = memoryBounds(remainingExtents, operand.strides, 0)
  return { range: [range[0] + below, range[1] + above], tight }
}

/** Returns the lowest and the highest coordinate inside a bound. */
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
const isNonNegativeInteger = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
