/**
 * The GPU of this machine, as far as the browser tells it, and whether pictures are computed there.
 * That is not in the link: another machine may have no GPU.
 */

import { type ReadonlySignal, type Signal, signal } from '@preact/signals'

/** A GPU; or why there is none: the page is not secure, or the browser has no WebGPU or adapter. */
export type GpuHere =
  | { readonly name: string; readonly isFallback: boolean }
  | { readonly missing: 'insecure' | 'browser' | 'adapter' }

const found: Signal<GpuHere | undefined> = signal(undefined)
/** Undefined until the browser has answered. */
export const gpuHere: ReadonlySignal<GpuHere | undefined> = found

/** Whether the user wants pictures to be computed on the GPU. */
export const isOnGpu: Signal<boolean> = signal(false)

let isAsked = false

/** Asks the browser, once. */
export function findGpu(): void {
  if (isAsked) return
  isAsked = true
  void lookForGpu(navigator as Navigator, isSecureContext).then((gpu) => {
    found.value = gpu
  })
}

/** The part of WebGPU that is used here. */
export interface Navigator {
  readonly gpu?: { requestAdapter(options: object): Promise<Adapter | null> }
}
interface Adapter {
  readonly info?: {
    readonly vendor: string
    readonly architecture: string
    readonly description: string
    readonly isFallbackAdapter?: boolean
  }
}

export async function lookForGpu({ gpu }: Navigator, isSecure: boolean): Promise<GpuHere> {
  if (gpu === undefined) return { missing: isSecure ? 'browser' : 'insecure' }
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
    if (adapter === null) return { missing: 'adapter' }
    const { info } = adapter
    const name = info?.description || [info?.vendor, info?.architecture].filter(Boolean).join(' ')
    const isSoftware = /swiftshader|llvmpipe|basic render/i.test(`${name} ${info?.architecture}`)
    return { name: name || '?', isFallback: info?.isFallbackAdapter === true || isSoftware }
  } catch {
    return { missing: 'adapter' }
  }
}
