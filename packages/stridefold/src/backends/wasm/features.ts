/**
 * What this JavaScript engine offers, found by compiling tiny modules that use the feature: a page's security policy may forbid what the engine
 * could do, and only compiling tells.
 */

import { ModuleBuilder } from './assembler/module.ts'

export interface WasmFeatures {
  /** WebAssembly with 128-bit vectors. */
  readonly simd: boolean
  /** Fused (or engine's choice of) multiply-add. */
  readonly relaxed: boolean
}

let known: WasmFeatures | undefined

export function wasmFeatures(): WasmFeatures {
  known ??= { simd: accepts('f32x4.add', 2), relaxed: accepts('f32x4.relaxed_madd', 3) }
  return known
}

function accepts(op: 'f32x4.add' | 'f32x4.relaxed_madd', operands: number): boolean {
  if (typeof WebAssembly !== 'object') return false
  const module = new ModuleBuilder()
  module.func(['v128'], ['v128'], (f) => {
    for (let i = 0; i < operands; i++) f.get(0)
    f.vec(op)
  })
  try {
    new WebAssembly.Module(module.build())
    return true
  } catch {
    return false
  }
}
