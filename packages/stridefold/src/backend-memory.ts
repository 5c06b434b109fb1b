/**
 * Serves `memory: 'backend'` from the WebAssembly backend's memory. Imported by both doors for this effect alone: nothing is allocated
 * before an array asks for it.
 */

import { wasmMemory } from './backends/wasm/wasm.ts'
import { setBackendMemory } from './ndarray/memory.ts'

setBackendMemory({
  allocate(bytes) {
    const memory = wasmMemory()
    const byteOffset = memory.allocate(bytes)
    return { buffer: memory.memory.buffer, byteOffset, release: () => memory.free(byteOffset, bytes) }
  },
})
