/**
 * Writes a suite of random layers from a seed, to measure cases that nothing was tuned for.
 * Extents, channels and kernels start at 1; odd numbers are as likely as even ones.
 */

export function randomSuite(seed: number, count: number): string {
  let state = seed | 0
  const below = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return Math.floor(((state >>> 8) / 2 ** 24) * n)
  }
  const lines = Array.from({ length: count }, () => {
    const groups = below(4) === 0 ? 1 + below(4) : 1
    const channels = groups * (1 + below(64))
    const filters = groups * (1 + below(64))
    const kernel = 1 + below(5)
    const dilation = 1 + (below(4) === 0 ? below(3) : 0)
    const effectiveKernel = dilation * (kernel - 1) + 1
    const [height, width] = [effectiveKernel + below(60), effectiveKernel + below(60)]
    const stride = 1 + (below(3) === 0 ? below(3) : 0)
    const padding = below(effectiveKernel)
    const words = [
      stride > 1 && `s${stride}`,
      padding > 0 && `p${padding}`,
      dilation > 1 && `d${dilation}`,
      groups > 1 && `g${groups}`,
    ]
    const text =
      `1x${channels}x${height}x${width} * ${filters}x${channels / groups}x${kernel}x${kernel} ` +
      `${words.filter(Boolean).join(' ')}`
    return `${text.trim()} ; random ${text.trim()} ; tfjs-wasm 1.4 ; onnx-web 1.6`
  })
  return `${lines.join('\n')}\n`
}
