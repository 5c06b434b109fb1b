/**
 * From a program to a WebAssembly module in three steps: price, lower, emit. Are the first two
 * plain data, and are prices and bytes known without writing any code?
 */

import { expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { emitProgram } from '../src/backends/wasm/emit/program.ts'
import { pricedProgram } from '../src/backends/wasm/priced.ts'
import { registersFor } from '../src/backends/wasm/registers.ts'
import { passesOf, tableLength, twiddleFactors } from '../src/backends/wasm/schedule/fft-passes.ts'
import { constantValues, lowerProgram } from '../src/backends/wasm/schedule/lower.ts'
import type { Registers } from '../src/backends/wasm/schedule/mapping.ts'
import { priceProgram } from '../src/backends/wasm/schedule/price-program.ts'
import { workspaceBytes, workspaceOf } from '../src/backends/wasm/workspace.ts'
import { nominalMachine } from '../src/program/machine.ts'
import { byteLength, isExternal, type Program } from '../src/program/program.ts'
import { programOf } from './case-program.ts'
import { randomCase } from './random-geometry.ts'

const registers: Registers = {
  ...{ count: 15, fused: false, hoistsLoads: true, joined: false, body: 12, shared: 32 },
  machine: nominalMachine,
}
const memory = { initial: 1, maximum: 16, shared: false }

/** Every program of some random problems. */
const programs: readonly Program[] = Array.from({ length: 24 }, (_, seed) =>
  randomCase(seed, { larger: seed % 2 === 0, tiled: seed % 4 === 1 }),
).flatMap(({ geometry, descriptors }) =>
  allAlgorithms
    .filter((algorithm) => algorithm.unsupportedReason(geometry, descriptors) === undefined)
    .map((algorithm) => algorithm.program(geometry, descriptors)),
)

test('copies of the lowered program give the same module', () => {
  expect(programs.length).toBeGreaterThan(60)
  for (const program of programs) {
    const priced = priceProgram(program, registers)
    const lowered = lowerProgram(priced)
    const module = emitProgram(lowered, memory)
    expect(WebAssembly.validate(module)).toBe(true)
    expect(isSame(emitProgram(structuredClone(lowered), memory), module)).toBe(true)
    expect(isSame(emitProgram(lowerProgram(structuredClone(priced)), memory), module)).toBe(true)
  }
})

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])

test('the code of a program is chosen once', () => {
  for (const deterministic of [false, true])
    expect(pricedProgram(programs[0]!, registersFor(deterministic))).toBe(
      pricedProgram(programs[0]!, registersFor(deterministic)),
    )
})

test('every step has a price, except what runs once per kernel', () => {
  for (const program of programs) {
    const { cycles } = priceProgram(program, registers)
    program.stages.forEach(({ prepare, steps }, s) => {
      steps.forEach((step, i) => {
        const isEmpty = [...('result' in step ? step.result : step.loops)].some(
          ({ extent }) => extent === 0,
        )
        if (prepare || isEmpty) expect(cycles[s]![i]).toBe(0)
        else expect(cycles[s]![i]).toBeGreaterThan(0)
      })
    })
  }
})

test('the bytes of a program are known before it is compiled', () => {
  const external = { span: 1000, lowest: 0, inBackendMemory: false }
  const copied = { input: external, kernel: external, bias: external, output: external }
  const inPlace = Object.fromEntries(
    Object.keys(copied).map((role) => [role, { ...external, inBackendMemory: true }]),
  )
  for (const program of programs) {
    const { buffers } = lowerProgram(priceProgram(program, registers))
    const owned = buffers.filter(({ role }) => !isExternal(role))
    const sum = owned.reduce((bytes, buffer) => bytes + byteLength(buffer), 0)
    const bytes = workspaceBytes(buffers, inPlace)
    expect(bytes).toBeGreaterThanOrEqual(sum)
    expect(bytes).toBeLessThan(sum + 64 * (owned.length + 1))
    expect(workspaceBytes(buffers, copied)).toBeGreaterThan(bytes)
    // No two buffers of the arena overlap.
    const { addresses, arenaBytes } = workspaceOf(buffers, copied)
    const arena = addresses.filter(({ isPrivate }) => !isPrivate)
    expect(arena.every(({ offset }, i) => i === 0 || offset >= end(arena[i - 1]!))).toBe(true)
    expect(arena.every((address) => end(address) <= arenaBytes)).toBe(true)
  }
})

const end = ({ offset, bytes }: { offset: number; bytes: number }): number => offset + bytes

test('a table of twiddle factors has the length that is promised for it', () => {
  for (const width of [1, 2, 4])
    for (const points of [2, 4, 8, 12, 16, 48, 80, 96, 320, 512].map((n) => n * width)) {
      const isWhole = passesOf(points, width).every(({ span }) => span === 1 || span % width === 0)
      if (isWhole)
        expect(twiddleFactors({ points, width })).toHaveLength(tableLength({ points, width }))
    }
  const tables = programs
    .flatMap((program) => lowerProgram(priceProgram(program, registers)).buffers)
    .filter(({ twiddles }) => twiddles !== undefined)
  expect(tables.length).toBeGreaterThan(5)
  for (const table of tables) expect(constantValues(table)).toHaveLength(table.length)
})

test.each([
  ['one channel', '1x1x64x64 * 1x1x9x9'],
  ['three filters', '1x1x64x64 * 3x1x9x9'],
  ['two channels and filters', '1x2x64x64 * 2x2x9x9'],
  ['two channels, three filters', '1x2x64x64 * 3x2x9x9'],
  ['three filters, a stride', '1x1x64x64 * 3x1x9x9 s2'],
])('spectra are multiplied as complex numbers: %s', (_, text) => {
  const { functions } = lowerProgram(priceProgram(programOf('fft', text), registers))
  expect(functions.filter(({ kind }) => kind === 'complex')).toHaveLength(1)
})
