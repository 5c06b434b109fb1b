/**
 * Do both backends compute random steps as the formulas in program/steps.ts define them? The tests
 * evaluate each formula with plain loops and compare every element of the output.
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { userMemory } from '../src/backends/wasm/memories.ts'
import type { ComputeDType, DType } from '../src/ndarray/dtype.ts'
import { dtypes, toDType } from '../src/ndarray/dtype.ts'
import { memoryBounds } from '../src/ndarray/layout.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import { view } from '../src/ndarray/ndarray.ts'
import type { Bindings } from '../src/program/backend.ts'
import type { Formula } from '../src/program/formula.ts'
import type { Program } from '../src/program/program.ts'
import type {
  Contraction,
  Elementwise,
  Loop,
  Maximum,
  Move,
  Operand,
} from '../src/program/steps.ts'
import { jsBackend, type TestBackend, wasmBackend } from './backends.ts'
import { callerBuffer, owned, stage } from './programs.ts'
import { casesHere } from './random-count.ts'

const float32 = (values: readonly number[]): NdArray<'float32'> =>
  view(Float32Array.from(values), [values.length])
const empty = float32([])

const backends: readonly (readonly [string, TestBackend])[] = [
  ['js', jsBackend()],
  ['wasm', wasmBackend({ deterministic: false })],
  ['wasm, deterministic', wasmBackend({ deterministic: true })],
]

describe.each(backends)('random steps compute their formula, %s', (_, backend) => {
  /** Runs a program on copies in backend memory, where elements never written keep their value. */
  function run(program: Program, bindings: Partial<Bindings>): void {
    const all = { input: empty, kernel: empty, bias: empty, output: empty, ...bindings }
    const copyToBackend = (x: NdArray): { array: NdArray; free: () => void } => {
      const [memory, { create }] = [userMemory(), dtypes[x.dtype]]
      const start = memory.allocate(x.data.byteLength)
      const data = create(memory.memory.buffer, start, x.data.length)
      data.set(x.data as never)
      return { array: view(data, x.shape), free: () => memory.free(start, data.byteLength) }
    }
    const copies = [all.input, all.kernel, all.bias ?? empty, all.output].map(copyToBackend)
    const [input, kernel, bias, output] = copies.map(({ array }) => array) as [
      NdArray,
      NdArray,
      NdArray,
      NdArray,
    ]
    const layout = ({ data }: NdArray) => ({ span: data.length, lowest: 0, inBackendMemory: true })
    const executable = backend.compile(program, {
      input: layout(input),
      kernel: layout(kernel),
      bias: layout(bias),
      output: layout(output),
    })
    executable.run({ input, kernel, bias, output }, false)
    all.output.data.set(output.data as never)
    executable.dispose()
    for (const { free } of copies) free()
  }

  /** Returns every index of the loops, in row-major order. */
  function* indices(nest: readonly Loop[]): Generator<number[]> {
    const [first, ...innerLoops] = nest
    if (first === undefined) return yield []
    for (let i = 0; i < first.extent; i++)
      for (const inner of indices(innerLoops)) yield [i, ...inner]
  }
  const address = (
    { offset, strides }: { offset: number; strides: readonly number[] },
    index: readonly number[],
  ): number => index.reduce((sum, i, l) => sum + i * strides[l]!, offset)

  const extents = (lengths: readonly number[]): Loop[] =>
    lengths.map((extent, l) => ({ name: `l${l}`, extent }))
  /** Returns an operand whose lowest address is 0, and the number of elements it needs. */
  const placeOperand = (
    buffer: string,
    nest: readonly Loop[],
    strides: readonly number[],
  ): { operand: Operand; length: number } => {
    const shape = nest.map((loop) => loop.extent)
    if (shape.includes(0)) return { operand: { buffer, offset: 0, strides }, length: 1 }
    const [first, last] = memoryBounds(shape, strides, 0)
    return { operand: { buffer, offset: -first, strides }, length: last - first + 1 }
  }
  /** Returns strides that map no two indices to one element, in any order, with gaps. */
  const separateStrides = (
    nest: readonly Loop[],
    order: readonly number[],
    signs: readonly boolean[],
    gap: number,
  ): number[] => {
    const strides = nest.map(() => 0)
    let step = gap
    for (const l of nest.map((_, l) => l).sort((p, q) => order[p]! - order[q]!)) {
      strides[l] = signs[l] ? step : -step
      step *= Math.max(nest[l]!.extent, 1)
    }
    return strides
  }
  const integer = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })
  const list = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
    fc.array(item, { minLength: 5, maxLength: 5 })
  const values = (n: number, seed: number): number[] =>
    Array.from({ length: n }, (_, i) => ((i * 37 + seed * 11) % 19) - 9)

  const randomNest = fc.record({
    gridRank: integer(0, 1),
    result: fc.oneof(
      fc.array(integer(0, 4), { maxLength: 3 }),
      fc.tuple(integer(1, 3), integer(15, 40)).map(([p, q]) => [p, q]),
    ),
    order: list(integer(0, 99)),
    signs: list(fc.boolean()),
    gap: integer(1, 2),
    seed: integer(0, 99),
    a: list(integer(-3, 3)),
    b: list(integer(-3, 3)),
  })

  test('contractions', () => {
    const random = fc.record({
      nest: randomNest,
      sum: fc.oneof(
        fc.array(integer(0, 4), { maxLength: 2 }),
        integer(30, 50).map((n) => [n]),
      ),
      more: fc.record({
        start: fc.constantFrom('zero', 'accumulate'),
        tile: fc.constantFrom('scalar', 'best'),
      }),
    })
    fc.assert(
      fc.property(random, ({ nest, sum, more }) => {
        const outer = extents(nest.result)
        const all = [...outer, ...extents(sum)]
        const to = placeOperand(
          'output',
          outer,
          separateStrides(outer, nest.order, nest.signs, nest.gap),
        )
        const a = placeOperand(
          'input',
          all,
          all.map((_, l) => nest.a[l]!),
        )
        const b = placeOperand(
          'kernel',
          all,
          all.map((_, l) => nest.b[l]!),
        )
        const rank = Math.min(nest.gridRank, outer.length)
        const step: Contraction = {
          kind: 'contract',
          result: outer.slice(rank),
          sum: extents(sum),
          to: to.operand,
          a: a.operand,
          b: b.operand,
          ...more,
        }

        const [x, k, y] = [
          values(a.length, nest.seed),
          values(b.length, nest.seed + 1),
          values(to.length, 3),
        ]
        const expected = [...y]
        for (const r of indices(outer)) {
          let total = more.start === 'zero' ? 0 : y[address(to.operand, r)]!
          for (const s of indices(extents(sum)))
            total += x[address(a.operand, [...r, ...s])]! * k[address(b.operand, [...r, ...s])]!
          expected[address(to.operand, r)] = total
        }
        const output = float32(y)
        const stages = [stage('only', [step], { grid: outer.slice(0, rank) })]
        const buffers = [callerBuffer('input'), callerBuffer('kernel'), callerBuffer('output')]
        run(
          { dtype: 'float32', buffers, stages },
          { input: float32(x), kernel: float32(k), output },
        )
        expect(Array.from(output.data)).toEqual(expected)
      }),
      { numRuns: casesHere(400) },
    )
  })

  test('contractions of integers', () => {
    const shortTypes = ['uint8', 'int8', 'uint16', 'int16', 'uint8c'] as const
    const random = fc.record({
      nest: randomNest,
      sum: fc.oneof(
        fc.array(integer(0, 4), { maxLength: 2 }),
        integer(30, 50).map((n) => [n]),
      ),
      types: fc.tuple(
        fc.constantFrom<DType>(...shortTypes, 'int32'),
        fc.constantFrom<DType>('int16', 'int8'),
      ),
      toType: fc.constantFrom<DType>(...shortTypes, 'int32', 'float32', 'float64'),
      dtype: fc.constantFrom<ComputeDType>('float32', 'float64'),
      isLong: fc.boolean(),
      isPaired: fc.boolean(),
      scale: fc.constantFrom(1, 0.5, 0.25, 2 ** -4, 2 ** -14, 2 ** -15, 0.75, 3),
      ones: fc.boolean(),
      tile: fc.constantFrom('scalar', 'best'),
      added: fc.constantFrom<'nothing' | 'bias' | 'offset' | 'clamp'>(
        ...(['nothing', 'nothing', 'bias', 'offset', 'clamp'] as const),
      ),
    })
    fc.assert(
      fc.property(random, (given) => {
        const { nest, toType, dtype, isLong, isPaired, scale, tile, added } = given
        // Pairs are neighbours of 16 bits.
        const sum = isPaired ? [...given.sum, 2] : given.sum
        const types = isPaired ? (['int16', 'int16'] as const) : given.types
        const ones = given.ones && !isPaired
        const outer = extents(nest.result)
        const all = [...outer, ...extents(sum)]
        const strides = separateStrides(outer, nest.order, nest.signs, nest.gap)
        const to = placeOperand('output', outer, strides)
        const [aStrides, bStrides] = [nest.a, nest.b].map((s) =>
          all.map((_, l) => (isPaired && l === all.length - 1 ? 1 : s[l]!)),
        )
        const a = placeOperand('input', all, aStrides!)
        const b = placeOperand(ones ? 'ones' : 'kernel', all, ones ? all.map(() => 0) : bStrides!)
        const bias = placeOperand('bias', outer, aStrides!.slice(0, outer.length))
        const [aType, bType] = types
        const x = dtypes[aType].create(a.length)
        const { min, max } = dtypes[aType]
        // Most samples are extreme; those of 16 bits less so, so that sums in 16 bits fit often.
        const samples = [max, min, 0, max, 1, min, max - 1].map((v) =>
          dtypes[aType].bytes === 1 ? v : Math.trunc(v / (aType === 'int32' ? 1e6 : 50)),
        )
        x.set(Array.from({ length: a.length }, (_, i) => samples[(i * 5 + nest.seed) % 7]!))
        const k = dtypes[bType].create(b.length)
        k.set(ones ? [1] : values(b.length, nest.seed))
        const addend = dtypes[dtype].create(bias.length)
        addend.set(values(bias.length, 5).map((v) => v / 2))
        const sums = Array.from(indices(outer), (r) =>
          Array.from(indices(extents(sum))).reduce(
            (total, s) =>
              total + x[address(a.operand, [...r, ...s])]! * k[address(b.operand, [...r, ...s])]!,
            0,
          ),
        )
        const fitting = (['int16', 'uint16', 'int32'] as const).find(
          (type) =>
            !((isLong || isPaired || aType === 'int32') && type !== 'int32') &&
            sums.every((s) => s >= dtypes[type].min && s <= dtypes[type].max),
        )!
        const rank = Math.min(nest.gridRank, outer.length)
        const step: Contraction = {
          kind: 'contract',
          result: outer.slice(rank),
          sum: extents(sum),
          to: to.operand,
          a: a.operand,
          b: b.operand,
          start: 'zero',
          integer: { type: fitting, scale },
          tile: tile as 'scalar' | 'best',
          ...(added === 'nothing'
            ? {}
            : {
                epilogue: {
                  ...(added === 'bias' ? { bias: bias.operand } : {}),
                  ...(added === 'offset' ? { offset: -2.5 } : {}),
                  ...(added === 'clamp'
                    ? { activation: { kind: 'clamp', min: -1, max: 100 } as const }
                    : {}),
                },
              }),
        }
        const y = dtypes[toType].create(to.length)
        y.set(values(to.length, 4).map(Math.abs))
        const expected = Array.from(y)
        let next = 0
        for (const r of indices(outer)) {
          let value = sums[next++]! * scale
          if (added === 'bias') value += addend[address(bias.operand, r)]!
          if (added === 'offset') value -= 2.5
          if (added === 'clamp') value = Math.min(Math.max(value, -1), 100)
          expected[address(to.operand, r)] = toDType(value, toType)
        }
        const buffers = [
          callerBuffer('input', aType),
          callerBuffer('kernel', bType),
          callerBuffer('bias', dtype),
          callerBuffer('output', toType),
          { ...owned('ones', 'constant', 1, bType), values: [1] },
        ]
        const stages = [stage('only', [step], { grid: outer.slice(0, rank) })]
        run(
          { dtype, buffers, stages },
          {
            input: view(x, [x.length]),
            kernel: view(k, [k.length]),
            bias: view(addend, [addend.length]),
            output: view(y, [y.length]),
          },
        )
        expect(Array.from(y)).toEqual(expected.map((value) => value + 0))
      }),
      { numRuns: 1000 },
    )
  })

  test('maxima', () => {
    const random = fc.record({
      nest: randomNest,
      window: fc.oneof(
        fc.array(integer(1, 4), { maxLength: 2 }),
        integer(30, 50).map((n) => [n]),
      ),
      dtype: fc.constantFrom<ComputeDType>('float32', 'float64'),
      special: fc.array(
        fc.tuple(integer(0, 999), fc.constantFrom(Number.NaN, Infinity, -Infinity)),
        { maxLength: 3 },
      ),
    })
    fc.assert(
      fc.property(random, ({ nest, window, dtype, special }) => {
        const outer = extents(nest.result)
        const all = [...outer, ...extents(window)]
        const to = placeOperand(
          'output',
          outer,
          separateStrides(outer, nest.order, nest.signs, nest.gap),
        )
        const from = placeOperand(
          'input',
          all,
          all.map((_, l) => nest.a[l]!),
        )
        const rank = Math.min(nest.gridRank, outer.length)
        const step: Maximum = {
          kind: 'maximum',
          result: outer.slice(rank),
          window: extents(window),
          to: to.operand,
          from: from.operand,
        }
        const { create } = dtypes[dtype]
        const [x, y] = [create(from.length), create(to.length)]
        x.set(values(from.length, nest.seed))
        for (const [at, value] of special) x[at % x.length] = value
        y.set(values(to.length, 4))
        const expected = Array.from(y)
        for (const r of indices(outer))
          expected[address(to.operand, r)] = Math.max(
            ...Array.from(indices(extents(window)), (s) => x[address(from.operand, [...r, ...s])]!),
          )
        const buffers = [callerBuffer('input', dtype), callerBuffer('output', dtype)]
        run(
          { dtype, buffers, stages: [stage('only', [step], { grid: outer.slice(0, rank) })] },
          { input: view(x, [x.length]), output: view(y, [y.length]) },
        )
        expect(Array.from(y)).toEqual(expected.map((value) => value + 0))
      }),
      { numRuns: 600 },
    )
  })

  test('elementwise steps', () => {
    const numbers = fc.constantFrom<Formula>(0, -0, 1, 0.1, Number.NaN, Infinity)
    const { formula } = fc.letrec<{ formula: Formula }>((tie) => ({
      formula: fc.oneof(
        { maxDepth: 3 },
        integer(0, 1).map((source) => ({ source })),
        numbers,
        fc.record({
          op: fc.constantFrom('add', 'subtract', 'multiply', 'divide'),
          ...{ a: tie('formula'), b: tie('formula') },
        }),
        fc.record({
          test: fc.constantFrom('less', 'equal'),
          ...{ a: tie('formula'), b: tie('formula') },
          ...{ whenTrue: tie('formula'), whenFalse: tie('formula') },
        }),
      ),
    }))
    const random = fc.record({
      ...{ nest: randomNest, formula, dtype: fc.constantFrom<ComputeDType>('float32', 'float64') },
      special: fc.array(
        fc.tuple(integer(0, 999), fc.constantFrom(Number.NaN, Infinity, -Infinity)),
        { maxLength: 3 },
      ),
    })
    const evaluate = (
      part: Formula,
      elements: readonly number[],
      round: (value: number) => number,
    ): number => {
      if (typeof part === 'number') return round(part)
      if ('source' in part) return elements[part.source]!
      const [a, b] = [evaluate(part.a, elements, round), evaluate(part.b, elements, round)]
      if ('op' in part) {
        const results = { add: a + b, subtract: a - b, multiply: a * b, divide: a / b }
        return round(results[part.op])
      }
      const isTrue = part.test === 'less' ? a < b : a === b
      return evaluate(isTrue ? part.whenTrue : part.whenFalse, elements, round)
    }
    fc.assert(
      fc.property(random, ({ nest, formula, dtype, special }) => {
        const outer = extents(nest.result)
        const to = placeOperand(
          'output',
          outer,
          separateStrides(outer, nest.order, nest.signs, nest.gap),
        )
        const sources = (['input', 'kernel'] as const).map((buffer) =>
          placeOperand(
            buffer,
            outer,
            outer.map((_, l) => (buffer === 'input' ? nest.a : nest.b)[l]!),
          ),
        )
        const rank = Math.min(nest.gridRank, outer.length)
        const step: Elementwise = {
          ...{ kind: 'elementwise', loops: outer.slice(rank), to: to.operand, formula },
          from: sources.map(({ operand }) => operand),
        }
        const { create } = dtypes[dtype]
        const [x, k, y] = [...sources, to].map(({ length }, i) => {
          const data = create(length)
          data.set(values(length, nest.seed + i))
          return data
        })
        for (const [at, value] of special) x![at % x!.length] = value
        const expected = Array.from(y!)
        const round = dtype === 'float32' ? Math.fround : (value: number): number => value
        for (const r of indices(outer))
          expected[address(to.operand, r)] = evaluate(
            formula,
            [x, k].map((data, i) => data![address(sources[i]!.operand, r)]!),
            round,
          )
        const buffers = (['input', 'kernel', 'output'] as const).map((role) =>
          callerBuffer(role, dtype),
        )
        run(
          { dtype, buffers, stages: [stage('only', [step], { grid: outer.slice(0, rank) })] },
          ...([
            {
              input: view(x!, [x!.length]),
              kernel: view(k!, [k!.length]),
              output: view(y!, [y!.length]),
            },
          ] as const),
        )
        expect(Array.from(y!)).toEqual(expected)
      }),
      { numRuns: 600 },
    )
  })

  test('moves', () => {
    const random = fc.record({
      nest: randomNest,
      bounds: fc.array(
        fc.record({ extent: integer(0, 6), offset: integer(-4, 6), strides: list(integer(-2, 2)) }),
        { maxLength: 2 },
      ),
      outside: fc.constantFrom('skip', 0, 2.5),
      number: fc.boolean(),
      types: fc.tuple(
        fc.constantFrom<DType>('float32', 'int16', 'float64'),
        fc.constantFrom<DType>('float32', 'uint8', 'int16'),
      ),
    })
    fc.assert(
      fc.property(random, ({ nest, bounds, outside, number, types: [fromType, toType] }) => {
        const all = extents(nest.result)
        const to = placeOperand(
          'output',
          all,
          separateStrides(all, nest.order, nest.signs, nest.gap),
        )
        const from = placeOperand(
          'input',
          all,
          all.map((_, l) => nest.a[l]!),
        )
        const rank = Math.min(nest.gridRank, all.length)
        const limits = bounds.map((b) => ({ ...b, strides: all.map((_, l) => b.strides[l]!) }))
        const source = number ? -3.5 : from.operand
        const step: Move = {
          kind: 'move',
          loops: all.slice(rank),
          to: to.operand,
          from: source,
          bounds: limits,
          outside: outside as Move['outside'],
        }

        const x = dtypes[fromType].create(from.length)
        x.set(values(from.length, nest.seed))
        const y = dtypes[toType].create(to.length)
        y.set(values(to.length, 4).map(Math.abs))
        const expected = Array.from(y)
        for (const index of indices(all)) {
          const inside = limits.every((b) => address(b, index) >= 0 && address(b, index) < b.extent)
          if (!inside && outside === 'skip') continue
          const value = inside
            ? number
              ? -3.5
              : x[address(from.operand, index)]!
            : Number(outside)
          expected[address(to.operand, index)] = toDType(value, toType)
        }
        const buffers = [callerBuffer('input', fromType), callerBuffer('output', toType)]
        const stages = [stage('only', [step], { grid: all.slice(0, rank) })]
        run(
          { dtype: 'float32', buffers, stages },
          { input: view(x, [x.length]), output: view(y, [y.length]) },
        )
        expect(Array.from(y)).toEqual(expected.map((value) => value + 0))
      }),
      { numRuns: 600 },
    )
  })

  test.each([
    ['uint8', 0, 255],
    ['uint8c', 0, 255],
    ['int8', -128, 127],
    ['uint16', 0, 65535],
    ['int16', -32768, 32767],
  ] as const)(
    'float32 to %s: rounded half to even, saturated to %d … %d, NaN as 0',
    (dtype, min, max) => {
      const rounded: readonly (readonly [number, number])[] = [
        ...[0, -0, 0.4999999701976776, 0.5, -0.5, 1e-40].map((x) => [x, 0] as const),
        ...[0.5000000596046448, 1, 1.5].map((x) => [x, Math.round(x)] as const),
        ...[2, 2.5, 124.5].map((x) => [x, Math.trunc(x)] as const),
        ...[-1.5, -2.5, -126.5].map((x) => [x, Math.max(min, 2 * Math.round(x / 2))] as const),
        [-1, Math.max(min, -1)],
        ...[
          max,
          max - 0.25,
          max + 0.5,
          max + 1,
          4194303.5,
          8388609,
          12582912,
          1e10,
          3e38,
          Infinity,
        ].map((x) => [x, max] as const),
        ...[min - 0.5, min - 1, -8388609, -12582912, -1e10, -3e38, -Infinity].map(
          (x) => [x, min] as const,
        ),
        [max - 0.5, max - 1],
        [max - 1.5, max - 1],
        [Number.NaN, 0],
      ]
      // Every value appears in every lane, and in the elements after the last vector.
      const count = 16 * rounded.length + 13
      const pair = (i: number): readonly [number, number] => rounded[(i * 5) % rounded.length]!
      const y = dtypes[dtype].create(count)
      const step: Move = {
        ...{ kind: 'move', loops: extents([count]), bounds: [], outside: 'skip' },
        ...{
          to: { buffer: 'output', offset: 0, strides: [1] },
          from: { buffer: 'input', offset: 0, strides: [1] },
        },
      }
      const buffers = [callerBuffer('input'), callerBuffer('output', dtype)]
      const x = float32(Array.from({ length: count }, (_, i) => pair(i)[0]))
      run(
        { dtype: 'float32', buffers, stages: [stage('only', [step])] },
        { input: x, output: view(y, [count]) },
      )
      expect(Array.from(y)).toEqual(Array.from({ length: count }, (_, i) => pair(i)[1] + 0))
    },
  )

  test('a bound over two loops, one of which is merged with a third loop', () => {
    const step: Move = {
      kind: 'move',
      loops: extents([3, 2, 2, 2]),
      to: { buffer: 'output', offset: 0, strides: [8, 4, 2, 1] },
      from: 7,
      bounds: [{ extent: 1, offset: -5, strides: [1, 0, 4, 0] }],
      outside: 'skip',
    }
    const y = new Float32Array(24)
    run(
      { dtype: 'float32', buffers: [callerBuffer('output')], stages: [stage('only', [step])] },
      { output: view(y, [24]) },
    )
    // p + 4·t = 5 only at p = 1, t = 1. The other two loops take both indices each.
    expect(Array.from(y.keys()).filter((i) => y[i] === 7)).toEqual([10, 11, 14, 15])
  })
})
