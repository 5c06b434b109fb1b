/**
 * `plan CASE`: explains how a problem in case notation would be computed, and why.
 */

import type { PlanShaders } from 'stridefold'
import { type Plan, planCase } from 'stridefold/sync'
import { runtimeError } from '../failure.ts'
import { inFlagWords } from '../flag-words.ts'
import { type Io, print, printJson } from '../io.ts'
import { shaderText } from '../shader-text.ts'

export interface PlanFlags {
  readonly algorithm?: string
  readonly backend?: 'auto' | 'wasm' | 'js' | 'webgpu'
  readonly memoryLimit?: number
  readonly program?: boolean
  readonly wat?: boolean
  readonly wgsl?: boolean
  readonly json?: boolean
}

export async function explainPlan(text: string, flags: PlanFlags, io: Io): Promise<void> {
  const work = (): Promise<void> => explainPlanHere(text, flags, io)
  await (flags.backend === 'webgpu' ? (await import('../gpu.ts')).withGpu(io, work) : work())
}

async function explainPlanHere(
  text: string,
  { program = false, wat = false, wgsl = false, json, ...options }: PlanFlags,
  io: Io,
): Promise<void> {
  const casePlan = planCase(text, options)
  try {
    const code = wat ? await webAssemblyText(casePlan) : undefined
    // The code that writes shaders is part of this entry point.
    if (wgsl) await import('stridefold')
    const shaders = wgsl ? await casePlan.shaders() : undefined
    if (json) await printJson(io, 'plan', answer(casePlan, program, code, shaders))
    else
      await print(
        io.stdout,
        [
          inFlagWords(casePlan.explain()),
          ...(program ? [casePlan.program] : []),
          ...(code === undefined ? [] : [code]),
          ...(shaders === undefined ? [] : [shaderText(shaders)]),
        ].join('\n\n'),
      )
  } finally {
    casePlan.dispose()
  }
}

/** The WebAssembly module in text format. Throws if the backend compiles nothing. */
async function webAssemblyText({ module, backend }: Plan): Promise<string> {
  if (module === undefined)
    throw runtimeError(
      backend === 'webgpu'
        ? 'The webgpu backend runs shaders, so it has no WebAssembly. Use --wgsl instead of --wat.'
        : `The ${backend} backend interprets the program, so it has no WebAssembly. Leave --wat ` +
            'out.',
    )
  const { default: wabt } = await import('wabt')
  const { readWasm } = await wabt()
  const features = { simd: true, relaxed_simd: true, threads: true, bulk_memory: true }
  return readWasm(module, { readDebugNames: true, ...features }).toText({
    foldExprs: true,
    inlineExport: true,
  })
}

function answer(
  { geometry, algorithm, backend, decision, workspaceBytes, candidates, stages, program }: Plan,
  withProgram: boolean,
  wat?: string,
  shaders?: PlanShaders,
) {
  const chosen = { algorithm, backend, decision, workspaceBytes, candidates, stages }
  return {
    case: geometry.key,
    geometry,
    ...chosen,
    ...(withProgram && { program }),
    ...(wat !== undefined && { wat }),
    ...(shaders !== undefined && { shaders }),
  }
}
