/**
 * Which WebAssembly features are available? Compiling tiny modules that use each of them tells.
 * This also finds a page's security policy that forbids what the engine supports.
 */

import type { MissingFeature } from '../../program/backend.ts'
import { ModuleBuilder } from './assembler/module.ts'

export interface WasmFeatures {
  /** WebAssembly with 128-bit vectors. */
  readonly simd: boolean
  /** Relaxed multiply-add: fused or not, as the engine chooses. */
  readonly relaxed: boolean
  /**
   * Whether the engine joins neighbouring vectors into 256 bits: V8 with a flag that only users
   * set, and only on the command line of Node.
   */
  readonly joinsVectors: boolean
  /**
   * The reason why `simd` is false: the code is `NO_WASM`, `WASM_FORBIDDEN` or `NO_WASM_SIMD`.
   * Undefined if `simd` is true.
   */
  readonly missing: MissingFeature | undefined
}

let cachedFeatures: WasmFeatures | undefined

export function wasmFeatures(): WasmFeatures {
  if (cachedFeatures === undefined) {
    const relaxed = canCompile(vectorModule('f32x4.relaxed_madd', 3))
    // An engine with relaxed vectors has the others.
    const missing = relaxed ? undefined : missingFeature()
    const simd = missing === undefined
    cachedFeatures = {
      simd,
      relaxed,
      joinsVectors: simd && hasJoiningFlag(),
      missing,
    }
  }
  return cachedFeatures
}

/**
 * A wrong answer makes code slower, never a result wrong. No module can tell: code runs in the
 * optimising compiler only after a while.
 */
function hasJoiningFlag(): boolean {
  const { process } = globalThis as {
    readonly process?: { readonly execArgv?: readonly string[] }
  }
  const flags = process?.execArgv ?? []
  return flags.some((flag) => flag.replaceAll('_', '-') === '--experimental-wasm-revectorize')
}

function missingFeature(): MissingFeature | undefined {
  if (typeof WebAssembly !== 'object') {
    return {
      code: 'NO_WASM',
      why: 'this engine runs without WebAssembly (Node: not with --jitless)',
    }
  }
  if (!canCompile(new ModuleBuilder().build())) {
    return {
      code: 'WASM_FORBIDDEN',
      why:
        "compiling WebAssembly is forbidden here (a page's Content-Security-Policy needs " +
        "script-src 'wasm-unsafe-eval')",
    }
  }
  if (canCompile(vectorModule('f32x4.add', 2))) return undefined
  return { code: 'NO_WASM_SIMD', why: 'this engine has no WebAssembly SIMD' }
}

/** A module that uses one vector instruction. */
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

function canCompile(module: Uint8Array<ArrayBuffer>): boolean {
  try {
    new WebAssembly.Module(module)
    return true
  } catch {
    return false
  }
}
