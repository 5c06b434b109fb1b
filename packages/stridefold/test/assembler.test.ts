/**
 * Does the assembler encode instructions as the WebAssembly specification defines them? Every
 * instruction of its tables runs once. Its operands give a different result than similar
 * instructions would. Expected results are computed by hand or with typed arrays, never with the
 * assembler.
 */

import { afterAll, describe, expect, test } from 'vitest'
import type { FunctionBody, ValueType } from '../src/backends/wasm/assembler/body.ts'
import { ModuleBuilder } from '../src/backends/wasm/assembler/module.ts'
import {
  firstRelaxed,
  type LaneMemoryOp,
  type LaneOp,
  laneMemory,
  laneOps,
  type MemoryOp,
  memory,
  type PlainOp,
  plain,
  type SaturatingOp,
  saturating,
  type VectorMemoryOp,
  type VectorOp,
  vector,
  vectorMemory,
} from '../src/backends/wasm/assembler/opcodes.ts'
import {
  asBytes,
  d2,
  f4,
  h8,
  i4,
  type Lanes,
  plainCases,
  ub16,
  type VectorCase,
  vectorCases,
} from './opcode-cases.ts'

const limits = { initial: 1, maximum: 1, shared: false }
const ram = new WebAssembly.Memory({ initial: 1, maximum: 1 })
const ramBytes = new Uint8Array(ram.buffer)
const result = 256

function instance(builder: ModuleBuilder): Record<string, (...args: number[]) => number> {
  const created = new WebAssembly.Instance(new WebAssembly.Module(builder.build()), {
    m: { m: ram },
  })
  return created.exports as Record<string, (...args: number[]) => number>
}

/** Compiles and runs one function without parameters. Returns its result. */
function run(results: readonly ValueType[], write: (body: FunctionBody) => void): number {
  const builder = new ModuleBuilder(limits)
  builder.func([], results, write, 'f')
  return instance(builder).f!()
}

/** Writes a constant of the operand type of an instruction. */
function constant(body: FunctionBody, type: string, value: number): void {
  if (type === 'i32') body.i32(value)
  else if (type === 'f32') body.f32(value)
  else body.f64(value)
}

/** Runs code that leaves a vector on the stack. Returns its 16 bytes. */
function vectorOf(write: (body: FunctionBody) => void): Uint8Array<ArrayBuffer> {
  run([], (body) => {
    body.i32(result)
    write(body)
    body.vmem('v128.store')
  })
  return ramBytes.slice(result, result + 16)
}

describe('scalar instructions', () => {
  test.each(Object.entries(plainCases))('%s', (name, rows) => {
    for (const [operands, results, args, expected] of rows) {
      const got = run([results], (body) => {
        for (const value of args) constant(body, operands, value)
        body.op(name as PlainOp)
      })
      expect(got).toBe(expected)
    }
  })

  test('select returns the first operand if the condition is not zero', () => {
    const chosen = (condition: number): number =>
      run(['i32'], (body) => body.i32(5).i32(6).i32(condition).op('select'))
    expect([chosen(1), chosen(0)]).toEqual([5, 6])
  })
  test('drop removes the top of the stack', () =>
    expect(run(['i32'], (body) => body.i32(5).i32(6).op('drop'))).toBe(5))
  test('return ends the function at once', () => {
    expect(run(['i32'], (body) => body.i32(5).op('return').i32(6).op('drop').i32(7))).toBe(5)
  })
  test('unreachable traps', () => {
    expect(() => run([], (body) => body.op('unreachable'))).toThrow(WebAssembly.RuntimeError)
  })
})

const saturatingCases: Readonly<Record<SaturatingOp, readonly (readonly [number, number])[]>> = {
  'i32.trunc_sat_f32_s': [
    [-2.7, -2],
    [3e9, 2147483647],
    [Number.NaN, 0],
  ],
  'i32.trunc_sat_f32_u': [
    [-2.7, 0],
    [3e9, 3e9 - 2 ** 32],
    [1e12, -1],
  ],
  'i32.trunc_sat_f64_s': [
    [-2.7, -2],
    [3e9, 2147483647],
    [16777217, 16777217],
  ],
  'i32.trunc_sat_f64_u': [
    [-2.7, 0],
    [3000000001, 3000000001 - 2 ** 32],
    [1e12, -1],
  ],
}

test.each(Object.entries(saturatingCases))('%s', (name, rows) => {
  for (const [value, expected] of rows) {
    const got = run(['i32'], (body) => {
      constant(body, name.includes('f32') ? 'f32' : 'f64', value)
      body.sat(name as SaturatingOp)
    })
    expect(got).toBe(expected)
  }
})

// Bytes 0x80 + i·3 from address 16: every width and sign reads a different number.
const source = Array.from({ length: 32 }, (_, i) => (0x80 + i * 3) & 0xff)
const at = (offset: number): DataView => new DataView(Uint8Array.from(source).buffer, offset)

const loadCases: Readonly<
  Record<Extract<MemoryOp, `${string}.load${string}`>, readonly [ValueType, number]>
> = {
  'i32.load': ['i32', at(4).getInt32(0, true)],
  'f32.load': ['f32', at(4).getFloat32(0, true)],
  'f64.load': ['f64', at(4).getFloat64(0, true)],
  'i32.load8_s': ['i32', at(4).getInt8(0)],
  'i32.load8_u': ['i32', at(4).getUint8(0)],
  'i32.load16_s': ['i32', at(4).getInt16(0, true)],
  'i32.load16_u': ['i32', at(4).getUint16(0, true)],
}

const storeCases: Readonly<
  Record<Extract<MemoryOp, `${string}.store${string}`>, readonly [string, number, Lanes]>
> = {
  'i32.store': ['i32', 0x12345678, i4(0x12345678)],
  'f32.store': ['f32', 0.1, f4(0.1)],
  'f64.store': ['f64', 0.1, d2(0.1)],
  'i32.store8': ['i32', 0x12345678, ub16(0x78)],
  'i32.store16': ['i32', 0x12345678, ub16(0x78, 0x56)],
}

describe('scalar memory', () => {
  test.each(Object.entries(loadCases))('%s', (name, [type, expected]) => {
    ramBytes.set(source, 16)
    expect(run([type], (body) => body.i32(12).mem(name as MemoryOp, 8))).toBe(expected)
  })
  test.each(Object.entries(storeCases))('%s', (name, [type, value, expected]) => {
    ramBytes.fill(0xee, 0, 64)
    run([], (body) => {
      body.i32(12)
      constant(body, type, value)
      body.mem(name as MemoryOp, 8)
    })
    const bytes = asBytes(expected)
    expect(Array.from(ramBytes.slice(19, 21 + bytes.length))).toEqual([0xee, ...bytes, 0xee])
  })
})

const bytesAt = (offset: number, length: number): number[] => source.slice(offset, offset + length)
const eight = [0, 1, 2, 3, 4, 5, 6, 7]
const four = [0, 1, 2, 3]
const zeroBytes = (count: number): number[] => new Array<number>(count).fill(0)

const vectorLoadCases: Readonly<Record<Exclude<VectorMemoryOp, 'v128.store'>, readonly number[]>> =
  {
    'v128.load': bytesAt(4, 16),
    'v128.load8x8_s': asBytes(h8(...eight.map((i) => at(4).getInt8(i)))),
    'v128.load8x8_u': asBytes(h8(...eight.map((i) => at(4).getUint8(i)))),
    'v128.load16x4_s': asBytes(i4(...four.map((i) => at(4).getInt16(2 * i, true)))),
    'v128.load16x4_u': asBytes(i4(...four.map((i) => at(4).getUint16(2 * i, true)))),
    'v128.load8_splat': Array.from({ length: 16 }, () => bytesAt(4, 1)).flat(),
    'v128.load16_splat': Array.from({ length: 8 }, () => bytesAt(4, 2)).flat(),
    'v128.load32_splat': [...bytesAt(4, 4), ...bytesAt(4, 4), ...bytesAt(4, 4), ...bytesAt(4, 4)],
    'v128.load64_splat': [...bytesAt(4, 8), ...bytesAt(4, 8)],
    'v128.load32_zero': [...bytesAt(4, 4), ...zeroBytes(12)],
    'v128.load64_zero': [...bytesAt(4, 8), ...zeroBytes(8)],
  }

const mixed = asBytes(i4(0x11121314, 0x21222324, 0x31323334, 0x41424344))

const laneStoreCases: Readonly<
  Record<
    Extract<LaneMemoryOp, `${string}store${string}`>,
    readonly [lane: number, bytes: readonly number[]]
  >
> = {
  'v128.store8_lane': [9, mixed.slice(9, 10)],
  'v128.store16_lane': [5, mixed.slice(10, 12)],
  'v128.store32_lane': [2, mixed.slice(8, 12)],
  'v128.store64_lane': [1, mixed.slice(8, 16)],
}

const laneLoadCases: Readonly<
  Record<
    Exclude<LaneMemoryOp, keyof typeof laneStoreCases>,
    readonly [lane: number, bytes: readonly number[]]
  >
> = {
  'v128.load8_lane': [9, [...mixed.slice(0, 9), ...bytesAt(4, 1), ...mixed.slice(10)]],
  'v128.load16_lane': [5, [...mixed.slice(0, 10), ...bytesAt(4, 2), ...mixed.slice(12)]],
  'v128.load32_lane': [2, [...mixed.slice(0, 8), ...bytesAt(4, 4), ...mixed.slice(12)]],
  'v128.load64_lane': [1, [...mixed.slice(0, 8), ...bytesAt(4, 8)]],
}

/** Stores a vector at `slot` and writes code that loads it. */
function operand(body: FunctionBody, slot: number, bytes: readonly number[]): void {
  ramBytes.set(bytes, 512 + 16 * slot)
  body.i32(512 + 16 * slot).vmem('v128.load')
}

describe('vector memory', () => {
  test.each(Object.entries(vectorLoadCases))('%s', (name, expected) => {
    ramBytes.set(source, 16)
    expect(Array.from(vectorOf((body) => body.i32(12).vmem(name as VectorMemoryOp, 8)))).toEqual(
      expected,
    )
  })
  test('v128.store', () => {
    ramBytes.fill(0xee, 0, 64)
    run([], (body) => {
      body.i32(12)
      operand(body, 0, mixed)
      body.vmem('v128.store', 8)
    })
    expect(Array.from(ramBytes.slice(19, 37))).toEqual([0xee, ...mixed, 0xee])
  })
  test.each(Object.entries(laneStoreCases))('%s', (name, [lane, bytes]) => {
    ramBytes.fill(0xee, 0, 64)
    run([], (body) => {
      body.i32(12)
      operand(body, 0, mixed)
      body.lmem(name as LaneMemoryOp, 8, lane)
    })
    expect(Array.from(ramBytes.slice(19, 21 + bytes.length))).toEqual([0xee, ...bytes, 0xee])
  })
  test.each(Object.entries(laneLoadCases))('%s', (name, [lane, bytes]) => {
    ramBytes.set(source, 16)
    const got = vectorOf((body) => {
      body.i32(12)
      operand(body, 0, mixed)
      body.lmem(name as LaneMemoryOp, 8, lane)
    })
    expect(Array.from(got)).toEqual(bytes)
  })
})

const extractCases: Readonly<
  Record<
    Extract<LaneOp, `${string}extract_lane`>,
    readonly [ValueType, Lanes, lane: number, number]
  >
> = {
  'i32x4.extract_lane': ['i32', i4(1, -2, 3, 4), 1, -2],
  'f32x4.extract_lane': ['f32', f4(1.5, 2.5, 3.5, 4.5), 3, 4.5],
  'f64x2.extract_lane': ['f64', d2(1.1, 2.2), 1, 2.2],
}
const replaceCases: Readonly<
  Record<
    Extract<LaneOp, `${string}replace_lane`>,
    readonly ['f32' | 'f64', Lanes, lane: number, Lanes]
  >
> = {
  'f32x4.replace_lane': ['f32', f4(1, 2, 3, 4), 2, f4(1, 2, 9, 4)],
  'f64x2.replace_lane': ['f64', d2(1, 2), 1, d2(1, 9)],
}

describe('lanes', () => {
  test.each(Object.entries(extractCases))('%s', (name, [type, from, lane, expected]) => {
    const got = run([type], (body) => {
      operand(body, 0, asBytes(from))
      body.lane(name as LaneOp, lane)
    })
    expect(got).toBe(expected)
  })
  test.each(Object.entries(replaceCases))('%s', (name, [type, from, lane, expected]) => {
    const got = vectorOf((body) => {
      operand(body, 0, asBytes(from))
      constant(body, type, 9)
      body.lane(name as LaneOp, lane)
    })
    expect(Array.from(got)).toEqual(asBytes(expected))
  })
})

function writeVectorCase(body: FunctionBody, name: VectorOp, operands: VectorCase[0]): void {
  for (const [slot, value] of operands.entries()) {
    if (ArrayBuffer.isView(value)) operand(body, slot, asBytes(value))
    else constant(body, value[0], value[1])
  }
  body.vec(name)
}

const skipped: string[] = []
afterAll(() => {
  if (skipped.length > 0)
    console.info(
      `WebAssembly.validate of this engine rejects relaxed SIMD; not run: ${skipped.join(', ')}`,
    )
})

/** Compares lanes as numbers and by the sign of zero, because a NaN may have any payload. */
function sameLanes(bytes: Uint8Array<ArrayBuffer>, expected: Lanes): void {
  const Type = expected.constructor as new (buffer: ArrayBuffer) => Lanes
  expect(Array.from(new Type(bytes.buffer) as ArrayLike<number>)).toEqual(
    Array.from(expected as ArrayLike<number>),
  )
}

describe('vector', () => {
  test.for(Object.entries(vectorCases))('%s', ([key, rows], { skip }) => {
    const name = key as VectorOp
    if (vector[name] >= firstRelaxed) {
      const probe = new ModuleBuilder(limits)
      probe.func([], ['v128'], (body) => writeVectorCase(body, name, rows[0]![0]))
      if (!WebAssembly.validate(probe.build())) {
        skipped.push(name)
        skip('this engine does not support relaxed SIMD')
      }
    }
    for (const [operands, expected] of rows) {
      if (typeof expected === 'number')
        expect(run(['i32'], (body) => writeVectorCase(body, name, operands))).toBe(expected)
      else
        sameLanes(
          vectorOf((body) => writeVectorCase(body, name, operands)),
          expected,
        )
    }
  })
})

test('every opcode of every table has a case', () => {
  const control = ['select', 'drop', 'return', 'unreachable']
  expect(Object.keys(plain).sort()).toEqual([...Object.keys(plainCases), ...control].sort())
  expect(Object.keys(saturating).sort()).toEqual(Object.keys(saturatingCases).sort())
  expect(Object.keys(memory).sort()).toEqual(
    [...Object.keys(loadCases), ...Object.keys(storeCases)].sort(),
  )
  expect(Object.keys(vectorMemory).sort()).toEqual(
    [...Object.keys(vectorLoadCases), 'v128.store'].sort(),
  )
  expect(Object.keys(laneMemory).sort()).toEqual(
    [...Object.keys(laneLoadCases), ...Object.keys(laneStoreCases)].sort(),
  )
  expect(Object.keys(laneOps).sort()).toEqual(
    [...Object.keys(extractCases), ...Object.keys(replaceCases)].sort(),
  )
  expect(Object.keys(vector).sort()).toEqual(Object.keys(vectorCases).sort())
})

test('a function can have more parameters than fit in one byte', () => {
  const module = new ModuleBuilder({ initial: 1, maximum: 1, shared: false })
  const params = new Array<'i32'>(300).fill('i32')
  module.func(params, ['i32'], (f) => void f.get(0).get(299).op('i32.sub'), 'last')
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 })
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()), {
    m: { m: memory },
  })
  const last = exports.last as (...values: number[]) => number
  expect(last(...params.map((_, i) => 1000 - i))).toBe(299)
})
