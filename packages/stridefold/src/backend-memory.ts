/**
 * Where does an array with `memory: 'backend'` lie? In the memory of the WebAssembly backend.
 *
 * Both entry points import this file for its side effect: it registers the allocator. No memory is
 * allocated before the first such array.
 */

import { callersMemory, isOpen } from './backends/wasm/memories.ts'
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
      isOpen: () => isOpen(memory),
      release: () => memory.free(byteOffset, bytes),
    }
  },
})
