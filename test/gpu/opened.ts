/** What opening a GPU gives, in Node and in a page: the GPU, or the reason why there is none. */

export type OpenedGpu =
  | {
      /** An object like `navigator.gpu`. It has given an adapter once. */
      readonly gpu: GPU
      /** The adapter in words: vendor, architecture, description. */
      readonly adapter: string
    }
  | { readonly reason: string }

/** A note of tests that are skipped for want of a GPU begins so. */
export const noGpu = 'No GPU: '

/** Asks a GPU for an adapter. `ifNone` is the reason if it has none. */
export async function opened(gpu: GPU, ifNone: string): Promise<OpenedGpu> {
  const adapter = await gpu.requestAdapter()
  if (!adapter) return { reason: ifNone }
  const { vendor, architecture, description } = adapter.info
  return { gpu, adapter: [vendor, architecture, description].filter(Boolean).join(' ') }
}
