/**
 * Serves `memory: 'backend'` from the WebAssembly backend's memory. Imported by both doors for this
 * effect alone: nothing is allocated before an array asks for it.
 */

import { callersMemory } from './backends/wasm/memories.ts'
import { setBackendMemory } from './ndarray/memory.ts'

setBackendMemory({
  allocate(bytes) {
    const memory = callersMemory()
    if (memory === undefined) return undefined
    const byteOffset = memory.allocate(bytes)
    return {
      // Another object for the same bytes: it identifies the block, see ndarray/allocations.ts.
      buffer: structuredClone(memory.memory.buffer),
      byteOffset,
      release: () => memory.free(byteOffset, bytes),
    }
  },
})
