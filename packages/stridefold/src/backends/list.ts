/**
 * All backends, in the order of preference: a later one runs a program only if no earlier one can.
 * A new backend is a folder and a line here.
 */

import type { Backend } from '../program/backend.ts'
import { jsBackend } from './js/js.ts'
import { wasmBackend } from './wasm/wasm.ts'
import { webgpuBackend } from './webgpu/webgpu.ts'

export const backends: readonly Backend[] = [wasmBackend, jsBackend, webgpuBackend]
