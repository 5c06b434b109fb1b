/** The backends with their compile options bound, for tests of programs. */

import { jsBackend as js } from '../src/backends/js/js.ts'
import { wasmBackend as wasm } from '../src/backends/wasm/wasm.ts'
import { webgpuBackend as webgpu } from '../src/backends/webgpu/webgpu.ts'
import type {
  Backend,
  CompileOptions,
  Executable,
  ExternalLayouts,
  SynchronousBackend,
  SynchronousExecutable,
} from '../src/program/backend.ts'
import type { Program } from '../src/program/program.ts'
import { slowBackend } from './slow-backend.ts'

/** A backend as most tests need it: with fixed options. */
export interface TestBackend {
  readonly name: Backend['name']
  unsupportedReason(program: Program): string | undefined
  seconds(program: Program): readonly (readonly number[])[] | undefined
  workspaceBytes(program: Program, externals: ExternalLayouts): number
  compile(program: Program, externals: ExternalLayouts): Executable
}

/** The same, with executables that return no promises. */
export interface SynchronousTestBackend extends TestBackend {
  compile(program: Program, externals: ExternalLayouts): SynchronousExecutable
}

function bound(backend: SynchronousBackend, options: CompileOptions): SynchronousTestBackend
function bound(backend: Backend, options: CompileOptions): TestBackend
function bound(backend: Backend, options: CompileOptions): TestBackend {
  return {
    name: backend.name,
    unsupportedReason: (program) => backend.unsupportedReason(program),
    seconds: (program) => backend.seconds(program, options, backend.rates(options)),
    workspaceBytes: (program, externals) => backend.workspaceBytes(program, externals, options),
    compile: (program, externals) => backend.compile(program, externals, options),
  }
}

export const jsBackend = (): SynchronousTestBackend => bound(js, { deterministic: false })

export const wasmBackend = (options: CompileOptions): SynchronousTestBackend => bound(wasm, options)

/** The webgpu backend; a GPU must be open. */
export const webgpuTestBackend = (): TestBackend => bound(webgpu, { deterministic: false })

/** The backend of slow-backend.ts. */
export const slowTestBackend = (seed: number): TestBackend =>
  bound(slowBackend(seed), { deterministic: false })
