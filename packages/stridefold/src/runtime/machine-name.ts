/**
 * On which processor, and in which engine, does the library run? As text, to tell whether a tuning
 * was made here. Read only when a tuning is saved or loaded.
 */

import { wasmFeatures } from '../backends/wasm/features.ts'
import { nodeModule } from '../backends/wasm/threads/host.ts'

interface Engine {
  readonly process?: { readonly versions?: Readonly<Record<string, string | undefined>> }
  readonly navigator?: { readonly userAgent?: string; readonly hardwareConcurrency?: number }
}

const host = (): Engine => globalThis as unknown as Engine

/** The processor. Pages only learn how many there are. */
export function processorName(): string {
  const os = nodeModule('node:os') as { cpus?(): readonly { readonly model: string }[] } | undefined
  const model = os?.cpus?.()[0]?.model.trim()
  if (model !== undefined && model !== '') return model
  const count = host().navigator?.hardwareConcurrency
  return count === undefined ? 'unknown' : `${count} × unknown`
}

/** The engine, and whether it has fused multiply-add. */
export function engineName(): string {
  const { process, navigator } = host()
  const { bun, v8 } = process?.versions ?? {}
  const name =
    bun !== undefined
      ? `Bun ${bun}`
      : v8 !== undefined
        ? `V8 ${v8}`
        : (navigator?.userAgent ?? 'unknown')
  return `${name}, ${wasmFeatures().relaxed ? 'with' : 'without'} relaxed SIMD`
}
