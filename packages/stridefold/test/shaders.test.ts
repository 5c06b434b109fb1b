/**
 * Are the generated shaders right, and are they good ones? An interpreter runs them without a GPU,
 * and checks every access. It throws for races, for barriers that not all invocations reach, and
 * for elements outside of a buffer (shader-interpreter.ts).
 */

import { describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import type { Kernel } from '../src/backends/webgpu/shaders/kernel.ts'
import { leastLimits } from '../src/backends/webgpu/shaders/limits.ts'
import { type ShaderProgram, shaderProgram } from '../src/backends/webgpu/shaders/lower.ts'
import { invocationsOfTile, matrixTiles } from '../src/backends/webgpu/shaders/matrix-tiles.ts'
import { machineOf } from '../src/backends/webgpu/webgpu.ts'
import { dtypes } from '../src/ndarray/dtype.ts'
import { fissioned } from '../src/program/fission.ts'
import { traffic } from '../src/program/traffic.ts'
import { programOf } from './case-program.ts'
import { cases } from './contract-cases.ts'
import { caseOf, definitionOf, mismatch, skipReason } from './contract-runs.ts'
import { interpretedBackend } from './interpreted-backend.ts'
import { type RandomOptions, randomCase } from './random-geometry.ts'
import { runKernel } from './shader-interpreter.ts'

const interpreted = interpretedBackend()

describe.each(allAlgorithms.map((algorithm) => [algorithm.name, algorithm] as const))(
  'interpreted: %s',
  (_, algorithm) => {
    test('every named case of the contract suite', async () => {
      let compared = 0
      for (const named of cases) {
        const c = caseOf(named)
        if (skipReason(algorithm, interpreted, c) !== undefined) continue
        expect(
          await mismatch(algorithm, interpreted, c, definitionOf(c)),
          named.name,
        ).toBeUndefined()
        compared++
      }
      expect(compared).toBeGreaterThan(3)
    })
  },
)

const kinds: readonly RandomOptions[] = [
  {},
  { larger: true },
  { separable: true },
  { tiled: true, inputDType: 'uint8', outputDType: 'int16' },
  { inputDType: 'int16', outputDType: 'int8' },
]

test('each invocation of a tile loads equally many terms of its rows and columns', () => {
  for (const tile of matrixTiles) {
    const { rows, columns, depth } = tile
    for (const extent of [rows, columns])
      expect((extent * depth) % invocationsOfTile(tile), JSON.stringify(tile)).toBe(0)
  }
})

test('interpreted: random geometries', async () => {
  const first = Date.now() % 2 ** 31
  for (const kind of kinds)
    for (let seed = first; seed < first + 4; seed++) {
      const c = randomCase(seed, { ...kind, dtype: 'float32' })
      if (c.geometry.axes.some((axis) => axis.output > 300)) continue
      const expected = definitionOf(c)
      const supporting = allAlgorithms.filter(
        (each) => skipReason(each, interpreted, c) === undefined,
      )
      const algorithm = supporting[seed % supporting.length]!
      const where = `seed ${seed}, ${algorithm.name}, ${c.geometry.key}`
      expect(await mismatch(algorithm, interpreted, c, expected), where).toBeUndefined()
    }
})

const shadersOf = (algorithm: string, text: string): ShaderProgram =>
  shaderProgram(programOf(algorithm, text, { machine: machineOf(leastLimits) }), leastLimits)

const kernelsOf = ({ stages }: ShaderProgram, prepare = false): readonly Kernel[] =>
  stages.filter((stage) => stage.prepare === prepare).flatMap((stage) => stage.kernels)

/** The kernel with the most products: the one that the form of a layer is about. */
const mainForm = (program: ShaderProgram): string =>
  kernelsOf(program).find(({ form }) => form.startsWith('tiles of'))?.form ?? 'none'

/** What a layer costs on a device: dispatches of a run, bytes moved in MB, and its main form. */
const layers = [
  ['strided', '1x64x56x56 * 64x64x3x3 p1', 2, 3.5, 'tiles of 32×64, 4×4 per invocation'],
  ['im2col', '1x64x56x56 * 64x64x3x3 p1', 3, 17.9, 'tiles of 32×64, 4×4 per invocation'],
  ['winograd', '1x64x56x56 * 64x64x3x3 p1', 8, 19.5, 'tiles of 8×128, 8×2 per invocation'],
  ['winograd', '1x512x7x7 * 512x512x3x3 p1', 8, 40.9, 'tiles of 16×32, 2×4 per invocation'],
  ['strided', '1x256x56x56 * 64x256x1x1', 1, 4.1, 'tiles of 32×64, 4×4 per invocation'],
  ['strided', '1x3x224x224 * 64x3x7x7 s2 p3', 2, 5.1, 'tiles of 64×64, 8×4 per invocation'],
  ['strided', '1x32x112x112 * 32x1x3x3 p1 g32', 9, 3.7, 'tiles of 16×64 with a halo of 18×66'],
  ['strided', '1x1x2160x3840 * 1x1x5x5 p2', 11, 67.4, 'tiles of 32×32 with a halo of 36×36'],
  ['strided', '1x1x100000 * 1x1x64', 2, 0.8, 'tiles of 1×512 with a halo of 1×575'],
  ['fft', '1x1x2160x3840 * 1x1x63x63 p31', 10, 797.9, 'none'],
] as const

describe.each(layers)('%s: %s', (algorithm, text, dispatches, megabytes, form) => {
  const program = shadersOf(algorithm, text)
  const kernels = [...kernelsOf(program), ...kernelsOf(program, true)]

  test('dispatches, bytes and form are those of the table', () => {
    const parts = fissioned(programOf(algorithm, text, { machine: machineOf(leastLimits) }), 0)
    const bytes = traffic(parts)
      .perStage.filter(({ prepare }) => !prepare)
      .reduce((sum, { bytesRead, bytesWritten }) => sum + bytesRead + bytesWritten, 0)
    expect(kernelsOf(program).length).toBe(dispatches)
    expect(Math.round(bytes / 1e5) / 10).toBe(megabytes)
    expect(mainForm(program)).toBe(form)
  })

  test('shared memory, invocations and buffers stay within the least limits', () => {
    for (const { code, buffers } of kernels) {
      const shared = [...code.matchAll(/var<workgroup> \w+: array<\w+, (\d+)>/g)]
      const bytes = shared.reduce((sum, [, length]) => sum + 4 * Number(length), 0)
      expect(bytes).toBeLessThanOrEqual(leastLimits.workgroupBytes)
      const size = Number(/@workgroup_size\((\d+)\)/.exec(code)![1])
      expect(size).toBeLessThanOrEqual(leastLimits.invocations)
      expect(buffers.length).toBeLessThanOrEqual(leastLimits.buffers)
    }
  })

  test('no name is a reserved word of WGSL', () => {
    for (const { code } of kernels)
      for (const [, name] of code.matchAll(/\b(?:let|var|fn) (\w+)/g))
        expect(reservedWords).not.toContain(name)
  })

  test('no loop with products divides', () => {
    for (const { code } of kernels) expect(dividingLoops(code), code).toEqual([])
  })
})

/** Some of the words that WGSL reserves: those that a shader of this kind may want to use. */
const reservedWords: readonly string[] = [
  ...['abstract', 'active', 'as', 'become', 'cast', 'common', 'do', 'export', 'extends', 'extern'],
  ...['filter', 'final', 'from', 'get', 'groupshared', 'impl', 'import', 'interface', 'layout'],
  ...['macro', 'match', 'meta', 'mod', 'module', 'move', 'mut', 'new', 'null', 'of', 'operator'],
  ...[
    'package',
    'pass',
    'patch',
    'pixelfragment',
    'precise',
    'private',
    'public',
    'ref',
    'register',
  ],
  ...['require', 'resource', 'restrict', 'self', 'set', 'shared', 'smooth', 'static', 'target'],
  ...['template', 'this', 'trait', 'try', 'type', 'union', 'use', 'using', 'with', 'yield'],
]

/** The lines of a shader that divide inside of a loop that also multiplies and adds. */
function dividingLoops(code: string): string[] {
  const open: { readonly divides: string[]; multiplies: boolean; readonly isLoop: boolean }[] = []
  const found: string[] = []
  for (const line of code.split('\n')) {
    const inside = open.filter(({ isLoop }) => isLoop)
    if (/[\w)] [/%] \d/.test(line)) for (const each of inside) each.divides.push(line)
    if (line.includes('fma(')) for (const each of inside) each.multiplies = true
    if (line.endsWith('{'))
      open.push({ divides: [], multiplies: false, isLoop: /^ *for /.test(line) })
    else if (/^ *\}$/.test(line)) {
      const closed = open.pop()!
      if (closed.isLoop && closed.multiplies) found.push(...closed.divides)
    }
  }
  return found
}

/**
 * The share of reads of a buffer in which the next invocation reads the same element or the next
 * one, over the first workgroup of a kernel.
 */
function coalesced(program: ShaderProgram, kernel: Kernel): Map<string, number> {
  const lengths = new Map(program.buffers.map((buffer) => [buffer.name, buffer] as const))
  const tables = new Map(program.tables.map((table) => [table.name, table.values] as const))
  const reads = new Map<string, Map<number, number[]>>()
  const elements = kernel.buffers.map((name) => {
    const table = tables.get(name)
    if (table !== undefined) return table
    const { dtype, length } = lengths.get(name)!
    return dtypes[dtype].create(length === 0 ? 2 ** 22 : length) as Float32Array
  })
  const watch = (buffer: string, element: number, invocation: number): void => {
    const ofBuffer = reads.get(buffer) ?? new Map<number, number[]>()
    reads.set(buffer, ofBuffer)
    const list = ofBuffer.get(invocation) ?? []
    ofBuffer.set(invocation, [...list, element].slice(0, 64))
  }
  const origins = { input: 0, kernel: 0, bias: 0, addend: 0, output: 0 }
  runKernel(kernel, elements, origins, watch, 1)
  const shares = new Map<string, number>()
  for (const [name, ofBuffer] of reads) {
    let [near, all] = [0, 0]
    for (const [invocation, list] of ofBuffer) {
      const next = ofBuffer.get(invocation + 1)
      if (next === undefined) continue
      for (const [n, element] of list.entries()) {
        if (next[n] === undefined) continue
        all++
        if (next[n] - element === 0 || next[n] - element === 1) near++
      }
    }
    if (all > 0) shares.set(kernel.buffers[Number(name.slice(1))]!, near / all)
  }
  return shares
}

test.each([
  ['strided', '1x16x60x64 * 32x16x3x3'],
  ['strided', '1x32x64x64 * 64x32x1x1'],
  ['strided', '1x1x400x400 * 1x1x5x5'],
  ['strided', '1x8x80x80 * 8x1x3x3 g8'],
  ['strided', '1x1x100000 * 1x1x9'],
])('neighbouring invocations of %s %s read neighbouring samples', (algorithm, text) => {
  const program = shadersOf(algorithm, text)
  const kernel = kernelsOf(program).find(({ form }) => form.startsWith('tiles of'))!
  const shares = coalesced(program, kernel)
  for (const [name, share] of shares)
    if (!name.startsWith('terms')) expect(share, `${name} of ${kernel.form}`).toBeGreaterThan(0.85)
})
