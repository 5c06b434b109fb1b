/**
 * All backends, in the order of preference: a later one runs a program only if no earlier one can.
 * A new backend is a folder and a line here.
 */

import type { Backend, SynchronousBackend } from '../program/backend.ts'
import { jsBackend } from './js/js.ts'
import { wasmBackend } from './wasm/wasm.ts'
import { webgpuBackend } from './webgpu/webgpu.ts'

/** Those that compute before they return: synchronous calls take no others. */
export const synchronousBackends: readonly SynchronousBackend[] = [wasmBackend, jsBackend]

export const backends: readonly Backend[] = [...synchronousBackends, webgpuBackend]
