/**
 * Whether memory can be shared with workers. Browsers allow it only for isolated pages
 * (`Cross-Origin-Opener-Policy`, `Cross-Origin-Embedder-Policy`). Other pages can create shared
 * WebAssembly memory, but the functions of the browser do not accept it.
 *
 * Apart from features.ts, whose probes need the assembler: a page that only holds arrays loads none
 * of it.
 */

export function mayShareMemory(): boolean {
  const { crossOriginIsolated } = globalThis as { readonly crossOriginIsolated?: boolean }
  return typeof SharedArrayBuffer === 'function' && crossOriginIsolated !== false
}
