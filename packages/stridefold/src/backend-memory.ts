/**
 * Serves `memory: 'backend'` from the WebAssembly backend's memory. Imported by both doors for this effect alone: nothing is allocated
 * before an array asks for it.
 */

import { heldMemory } from './backends/wasm/memories.ts'
import { setBackendMemory } from './ndarray/memory.ts'

setBackendMemory({
  allocate(bytes) {
    const memory = heldMemory()
    const byteOffset = memory.allocate(bytes)
    return { buffer: memory.memory.buffer, byteOffset, release: () => memory.free(byteOffset, bytes) }
  },
})
