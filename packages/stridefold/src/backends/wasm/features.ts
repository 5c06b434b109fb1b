/**
 * What this JavaScript engine offers, found by compiling tiny modules that use the feature: a
 * page's security policy may forbid what the engine could do, and only compiling tells.
 */

import { ModuleBuilder } from './assembler/module.ts'

export interface WasmFeatures {
  /** WebAssembly with 128-bit vectors. */
  readonly simd: boolean
  /** Fused (or engine's choice of) multiply-add. */
  readonly relaxed: boolean
  /**
   * Why there is no `simd`, as a code of `UnavailableError` and in words; undefined where there is.
   */
  readonly missing: Missing | undefined
}

export interface Missing {
  readonly code: 'NO_WASM' | 'WASM_FORBIDDEN' | 'NO_WASM_SIMD'
  readonly why: string
}

let known: WasmFeatures | undefined

export function wasmFeatures(): WasmFeatures {
  if (known === undefined) {
    const missing = whatIsMissing()
    const simd = missing === undefined
    known = { simd, relaxed: simd && compiles(vectorModule('f32x4.relaxed_madd', 3)), missing }
  }
  return known
}

function whatIsMissing(): Missing | undefined {
  if (typeof WebAssembly !== 'object') {
    return {
      code: 'NO_WASM',
      why: 'this engine runs without WebAssembly (Node: not with --jitless)',
    }
  }
  if (!compiles(new ModuleBuilder().build())) {
    return {
      code: 'WASM_FORBIDDEN',
      why:
        "compiling WebAssembly is forbidden here (a page's Content-Security-Policy needs " +
        "script-src 'wasm-unsafe-eval')",
    }
  }
  if (compiles(vectorModule('f32x4.add', 2))) return undefined
  return { code: 'NO_WASM_SIMD', why: 'this engine has no WebAssembly SIMD' }
}

/** A module that uses one instruction on vectors. */
function vectorModule(
  op: 'f32x4.add' | 'f32x4.relaxed_madd',
  operands: number,
): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder()
  module.func(['v128'], ['v128'], (f) => {
    for (let i = 0; i < operands; i++) f.get(0)
    f.vec(op)
  })
  return module.build()
}

function compiles(module: Uint8Array<ArrayBuffer>): boolean {
  try {
    new WebAssembly.Module(module)
    return true
  } catch {
    return false
  }
}

/**
 * Whether memory may be shared with workers here. Browsers let only pages do so that are isolated
 * from others (`Cross-Origin-Opener-Policy`, `Cross-Origin-Embedder-Policy`); elsewhere WebAssembly
 * still makes such memory, but nothing else takes it.
 */
export function mayShareMemory(): boolean {
  const { crossOriginIsolated } = globalThis as { readonly crossOriginIsolated?: boolean }
  return typeof SharedArrayBuffer === 'function' && crossOriginIsolated !== false
}
