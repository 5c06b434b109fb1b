/** Pipelines of shaders. Equal shaders share one, as long as the device is open. */

import { InternalError, OptionError, UnavailableError } from '../../../errors.ts'
import type { Kernel } from '../shaders/kernel.ts'
import type { GpuComputePipeline, GpuShaderModule } from './api.ts'
import type { OpenDevice } from './open.ts'

export function pipelineOf(opened: OpenDevice, { code }: Kernel): Promise<GpuComputePipeline> {
  const known = opened.pipelines.get(code)
  if (known !== undefined) return known
  const made = compile(opened, code)
  opened.pipelines.set(code, made)
  // What failed is tried again.
  made.catch(() => opened.pipelines.delete(code))
  return made
}

async function compile(opened: OpenDevice, code: string): Promise<GpuComputePipeline> {
  const { device } = opened
  const module = device.createShaderModule({ code })
  try {
    return await device.createComputePipelineAsync({
      layout: 'auto',
      compute: { module, entryPoint: 'main' },
    })
  } catch (cause) {
    if (opened.lost !== undefined) throw lostError(opened, cause)
    throw new InternalError(
      'SHADER_REFUSED',
      `the GPU's driver refused a shader: ${await reasonIn(module, code, cause)}`,
      { cause },
    )
  }
}

/** The first error of the compiler, with the line of the shader that it is about. */
async function reasonIn(module: GpuShaderModule, code: string, cause: unknown): Promise<string> {
  const { messages } = (await module.getCompilationInfo?.()) ?? { messages: [] }
  const error = messages.find(({ type }) => type === 'error')
  if (error === undefined) return cause instanceof Error ? cause.message : String(cause)
  const line = code.split('\n')[error.lineNum - 1]?.trim() ?? ''
  return `${error.message.trim()} (line ${error.lineNum}: ${line})`
}

/** The error of a run; that of a lost device if it is lost. */
export async function explained(opened: OpenDevice, cause: unknown): Promise<unknown> {
  if (cause instanceof UnavailableError || cause instanceof OptionError) return cause
  // Whatever waits for a lost device fails before the engine says that it is lost.
  const soon = new Promise<void>((resolve) => setTimeout(resolve, lostMilliseconds))
  if (opened.lost === undefined) await Promise.race([opened.device.lost, soon])
  return opened.lost === undefined ? cause : lostError(opened, cause)
}

const lostMilliseconds = 100

/** The error of a run whose device is gone. */
export const lostError = ({ lost }: OpenDevice, cause?: unknown): UnavailableError =>
  new UnavailableError(
    'GPU_LOST',
    `${lost ?? 'the GPU was lost'} in the middle of a run. Run again: the next run opens it anew.`,
    { cause },
  )
