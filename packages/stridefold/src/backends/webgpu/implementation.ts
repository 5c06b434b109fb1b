/** What the backend needs to run programs: memory on the GPU, shaders, executables. */

import { dtypes } from '../../ndarray/dtype.ts'
import type { GpuMemory } from '../../ndarray/memory.ts'
import type { ExternalLayouts } from '../../program/backend.ts'
import { isExternal, type Program } from '../../program/program.ts'
import { bufferBytes, ownedBytes } from './device/buffers.ts'
import {
  allocateOnGpu,
  blockOfBuffer,
  type GpuBlock,
  readBlock,
  writeBlock,
} from './device/memory.ts'
import { currentDevice } from './device/open.ts'
import type { ShaderLimits } from './shaders/limits.ts'
import { shaderProgram } from './shaders/lower.ts'
import { originRoles } from './shaders/shader.ts'

/** Memory for arrays of callers. */
export const gpuMemory: GpuMemory = {
  allocate: allocateOnGpu,
  write: (block, data) => writeBlock(block as GpuBlock, data),
  wrap: blockOfBuffer,
  isOpen: (block) => (block as GpuBlock).opened === currentDevice(),
  read: (block, dtype) => readBlock(block as GpuBlock, dtype),
}

export { WebGpuExecutable } from './executable.ts'
export { shaderProgram, unsupportedOn } from './shaders/lower.ts'
export { arithmeticSeconds } from './shaders/price.ts'

/**
 * The bytes of an executable on the GPU: buffers of the program, tables, and copies of the arrays
 * that lie on the heap. The output has two: one for the shaders, one to read.
 */
export function deviceBytes(
  program: Program,
  externals: ExternalLayouts,
  limits: ShaderLimits,
): number {
  const { buffers, tables } = shaderProgram(program, limits)
  let bytes = ownedBytes(buffers.filter(({ role }) => !isExternal(role))) + 4 * originRoles.length
  for (const { values } of tables) bytes += bufferBytes(values.byteLength)
  for (const { role, dtype, length } of buffers) {
    if (role === 'guard') bytes += bufferBytes(length * dtypes[dtype].bytes)
    if (!isExternal(role)) continue
    const { span = 0, onGpu = false } = externals[role] ?? {}
    if (onGpu) continue
    bytes += (role === 'output' ? 2 : 1) * bufferBytes(span * dtypes[dtype].bytes)
  }
  return bytes
}
