/**
 * Is a decision plain data? Random problems and decisions are written as JSON and read again. The
 * program that was read computes the same bits as the one that was decided on.
 */

import * as library from 'stridefold/sync'
import { describe, expect, test, vi } from 'vitest'
import { synchronousBackends as backends } from '../src/backends/list.ts'
import { validateRunOptions } from '../src/geometry/check-options.ts'
import { kernelProperties } from '../src/kernels/properties.ts'
import { decide, fallbackOf } from '../src/planner/decide.ts'
import type { Decision } from '../src/planner/decision.ts'
import { decisionFromJson, problemFromJson, toJson } from '../src/planner/decision-json.ts'
import { questionKey } from '../src/problem/key.ts'
import { problemOf } from '../src/problem/operands.ts'
import type { Problem } from '../src/problem/problem.ts'
import { questionOfGeometry } from '../src/problem/question.ts'
import { executableOf, notCompiled } from '../src/runtime/loaded.ts'
import { casesHere } from './random-count.ts'
import { type RandomCase, random, randomCase } from './random-geometry.ts'

const decisions = casesHere(250)

const algorithms = ['auto', 'auto', 'auto', 'fft', 'winograd', 'separable', 'toeplitz', 'im2col']

/** A random problem; its arrays lie on the heap, with strides of any sign. */
function randomProblem(seed: number): { readonly problem: Problem; readonly c: RandomCase } {
  const next = random(seed)
  const algorithm = algorithms[next(algorithms.length)]!
  const c = randomCase(seed, {
    larger: next(2) === 0,
    separable: algorithm === 'separable',
    tiled: algorithm === 'winograd',
    ...(next(4) === 0 ? { inputDType: 'uint8', outputDType: 'int16' } : {}),
  })
  const { geometry, input, kernel, bias, descriptors } = c
  const output = c.output()
  const options = validateRunOptions(
    'test',
    {
      algorithm,
      deterministic: next(2) === 0,
      ...(next(3) === 0 ? { backend: 'js' } : {}),
      ...(next(5) === 0 ? { memoryLimit: 2 ** (8 + next(12)) } : {}),
    },
    [],
    {},
  )
  const question = {
    ...questionOfGeometry('', 'test', geometry, output.dtype, options, true),
    ...{ offset: descriptors.offset, activation: descriptors.activation },
  }
  const values = kernelProperties(geometry, kernel, true)
  return { problem: problemOf(question, { input, kernel, bias, output }, values), c }
}

/** Runs a decision on the arrays of its case and returns the bytes of the result. */
function bytesOf(problem: Problem, decision: Decision, c: RandomCase): Uint8Array {
  const output = c.output()
  const { input, kernel, bias } = c
  const executable = executableOf(notCompiled(problem, decision))
  executable.run({ input, kernel, bias, output }, false)
  executable.dispose()
  const { buffer, byteOffset, byteLength } = output.data
  return new Uint8Array(buffer, byteOffset, byteLength).slice()
}

test(`${decisions} decisions survive JSON and compute the same bits`, () => {
  const chosen = new Map<string, number>()
  let refused = 0
  for (let seed = 1; chosen.size < 1 || sum(chosen) < decisions; seed++) {
    const { problem, c } = randomProblem(seed)
    const readProblem = problemFromJson(toJson(problem))
    expect(toJson(readProblem)).toBe(toJson(problem))
    let decision: Decision
    try {
      decision = decide(problem, backends)
    } catch (error) {
      expect(['ALGORITHM_REFUSED', 'MEMORY_LIMIT']).toContain((error as { code?: string }).code)
      expect(() => decide(readProblem, backends)).toThrow((error as Error).message)
      refused++
      continue
    }
    const text = toJson(decision)
    const read = decisionFromJson(text)
    expect(toJson(read)).toBe(text)
    expect(toJson(decide(readProblem, backends))).toBe(text)
    const name = `${decision.algorithm} on ${decision.backend}`
    if (read.fallback !== undefined)
      expect(fallbackText(read, readProblem)).toBe(fallbackText(decision, problem))
    chosen.set(name, (chosen.get(name) ?? 0) + 1)
    if (c.output().shape.includes(0)) continue
    expect(bytesOf(readProblem, read, c), `seed ${seed}, ${name}`).toEqual(
      bytesOf(problem, decision, c),
    )
  }
  expect(refused).toBeGreaterThan(decisions / 25)
  for (const name of ['strided', 'fft', 'winograd', 'separable', 'toeplitz', 'im2col'])
    expect(chosen.get(`${name} on wasm`) ?? 0, name).toBeGreaterThan(decisions / 100)
}, 300_000)

/** The fallback of a decision as JSON, or the reason why it cannot run. */
function fallbackText(decision: Decision, problem: Problem): string {
  try {
    const fallback = fallbackOf(decision, problem, backends)
    expect([fallback.algorithm, fallback.fallback]).toEqual(['strided', undefined])
    return toJson(fallback)
  } catch (error) {
    expect((error as { code?: string }).code).toBe('MEMORY_LIMIT')
    return (error as Error).message
  }
}

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0)

describe('deciding is pure', () => {
  test('every refusal has a kind, and a decision changes nothing of its problem', () => {
    for (let seed = 1; seed < 60; seed++) {
      const { problem } = randomProblem(seed)
      const before = toJson(problem)
      try {
        const { compared } = decide(problem, backends)
        for (const { refused, refusal } of compared)
          expect(refusal === undefined).toBe(refused === undefined)
      } catch {}
      expect(toJson(problem)).toBe(before)
    }
  })

  test('a backend that is described, but not written, takes part', () => {
    const { problem } = randomProblem(3)
    const [wasm] = backends
    const described = { ...wasm!, name: 'js' as const, rates: () => fast(wasm!.rates(options)) }
    const options = { deterministic: false }
    const auto = { ...problem, options: { ...problem.options, algorithm: 'auto', backend: 'auto' } }
    const decision = decide(auto as Problem, [described])
    expect(decision.backend).toBe('js')
  })
})

const fast = <T extends object>(rates: T): T =>
  Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, rate * 10])) as T

test('equal questions have equal keys; infinities, −0 and null do not collide', () => {
  const options = (memoryLimit: number): Parameters<typeof questionKey>[4] =>
    validateRunOptions('test', { memoryLimit }, [], {})
  const key = (memoryLimit: number): string =>
    questionKey('correlate', [3], [1], 'float32', options(memoryLimit))
  expect(key(Infinity)).toBe(key(Infinity))
  expect(new Set([key(Infinity), key(0), key(1)]).size).toBe(3)
})

describe('a fallback', () => {
  const layer = [
    [1, 8, 9, 9],
    [4, 8, 3, 3],
  ] as const
  const image = [
    [9, 9],
    [5, 5],
  ] as const
  const twoTerms = library.ndarray(
    Float32Array.from({ length: 25 }, (_, i) => (i === 12 ? 2 : 1)),
    [5, 5],
  )
  const guard = /fallback: strided if guard guard\d+(, (guard\d+|…))* is not 0 after the run/
  const inputText = /fallback: strided if the input has a value that is not finite/
  const kernelText = /fallback: strided if the kernel has a value that is not finite/

  test.each([
    ['winograd', library.plan('conv2d', ...layer, { algorithm: 'winograd' }), guard],
    ['fft', library.plan('correlate', ...image, { algorithm: 'fft' }), guard],
    ['toeplitz', library.plan('correlate', ...image, { algorithm: 'toeplitz' }), inputText],
    [
      'separable with two terms',
      library.plan('correlate', ...image, { algorithm: 'separable', kernel: twoTerms }),
      inputText,
    ],
    [
      'strided in place',
      library.plan('correlate', ...image, { algorithm: 'strided', memoryLimit: 0 }),
      kernelText,
    ],
    ['strided', library.plan('correlate', ...image, { algorithm: 'strided' }), undefined],
    ['im2col', library.plan('conv2d', ...layer, { algorithm: 'im2col' }), undefined],
  ])('of %s is explained', (_, p, text) => {
    if (text === undefined) expect(p.explain()).not.toContain('fallback')
    else expect(p.explain()).toMatch(text)
  })

  test('is compiled once for the arrays of one kind, and only when it is needed', () => {
    const compiles = backends.map((backend) => vi.spyOn(backend, 'compile'))
    const programs = (): number => compiles.reduce((n, spy) => n + spy.mock.calls.length, 0)
    const x = library.ndarray(
      Float32Array.from({ length: 648 }, (_, i) => i % 5),
      layer[0],
    )
    const k = library.ndarray(
      Float32Array.from({ length: 288 }, (_, i) => (i % 3) - 1),
      layer[1],
    )
    const p = library.plan('conv2d', ...layer, { algorithm: 'winograd' })
    p.runSync(x, k)
    expect(programs()).toBe(1)
    x.data[40] = NaN
    const direct = library.plan('conv2d', ...layer, { algorithm: 'strided' }).runSync(x, k)
    expect(programs()).toBe(2)
    for (let run = 0; run < 3; run++) expect(p.runSync(x, k).data).toEqual(direct.data)
    const out = library.zeros(direct.shape)
    p.runSync(x, k, out)
    expect(out.data).toEqual(direct.data)
    expect(programs()).toBe(3)
    p.dispose()
    vi.restoreAllMocks()
  })
})
