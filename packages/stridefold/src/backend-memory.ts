/**
 * Where does an array with `memory: 'backend'` lie? In the memory of the WebAssembly backend. With
 * `memory: 'gpu'` it lies on the GPU.
 *
 * Both entry points import this file for its side effect: it registers the allocators. No memory is
 * allocated before the first such array.
 */

import { callersMemory, isOpen } from './backends/wasm/memories.ts'
import { gpuMemory } from './backends/webgpu/webgpu.ts'
import { setBackendMemory, setGpuMemory } from './ndarray/memory.ts'

setGpuMemory(gpuMemory)

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
