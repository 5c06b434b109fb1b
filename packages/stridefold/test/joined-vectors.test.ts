/**
 * On an engine that joins neighbouring vectors, tiles are larger. That changes no bit, and no tile
 * needs more registers than there are.
 */

import { expect, test } from 'vitest'
import { BoundProgram } from '../src/backends/wasm/bound-program.ts'
import { WasmExecutable } from '../src/backends/wasm/executable.ts'
import { pricedProgram } from '../src/backends/wasm/priced.ts'
import { type Registers, vectorsPerRegister } from '../src/backends/wasm/schedule/mapping.ts'
import { wasmBackend } from '../src/backends/wasm/wasm.ts'
import { nominalMachine } from '../src/program/machine.ts'
import type { Program } from '../src/program/program.ts'
import { kinds, withFractions } from './box-cases.ts'
import { randomCase } from './random-geometry.ts'
import { bytesOf, decidedFor } from './run-boxes.ts'

const plain: Registers = {
  ...{ count: 15, fused: false, hoistsLoads: false, joined: false, body: 96, shared: 32 },
  machine: nominalMachine,
}
const joined: Registers = { ...plain, joined: true }

/** The contractions of a program that become tiles: how many of their tiles have joined vectors. */
function joinedTiles(program: Program): number {
  let count = 0
  for (const form of pricedProgram(program, joined).forms.flat()) {
    if (form?.kind !== 'scheduled') continue
    const { tile, lane, element } = form.schedule
    const width = vectorsPerRegister(form.schedule, tile.vectors)
    expect((tile.rows * tile.vectors) / width).toBeLessThan(joined.count)
    if (lane.extent < tile.vectors * element.lanes)
      expect(tile.rows * tile.vectors).toBeLessThan(15)
    if (width === 2) count++
  }
  return count
}

test.each(Object.keys(kinds))('the same bits with joined vectors: %s', (kind) => {
  let count = 0
  for (let seed = 500; seed < 520; seed++) {
    const problem = withFractions(randomCase(seed, { ...kinds[kind], larger: true }))
    const decided = decidedFor(
      problem,
      ['strided', 'winograd', 'fft', 'im2col'][seed % 4]!,
      wasmBackend,
    )
    if (decided === undefined) continue
    const { program } = decided.decision
    count += joinedTiles(program)
    const [expected, actual] = [plain, joined].map((registers) => {
      const output = problem.output()
      const bound = new BoundProgram(program, decided.problem.spans, registers, {
        ...{ threads: 1, isRemote: false },
      })
      const executable = new WasmExecutable(bound, 1)
      executable.run({ ...problem, output }, false)
      executable.dispose()
      return bytesOf(output)
    })
    expect(actual).toEqual(expected)
  }
  expect(count).toBeGreaterThan(3)
})
