/**
 * Writes suites/networks.txt: the distinct convolution layers of well-known networks, from their
 * published architectures.
 *
 *     node --import tsx bench/networks.ts
 *
 * Batch 1, each layer once, with the first network that has it. Sources: AlexNet (Krizhevsky 2014,
 * "one weird trick"), VGG-16 (Simonyan and Zisserman 2014), GoogLeNet (Szegedy et al. 2014),
 * ResNet-18 and -50 (He et al. 2015), SqueezeNet 1.1 (Iandola et al. 2016), DenseNet-121 (Huang et
 * al. 2016), MobileNet v1 and v2 (Howard 2017, Sandler 2018), EfficientNet-B0 (Tan and Le 2019),
 * U-Net (Ronneberger et al. 2015, padded), YOLOv3-tiny (Redmon and Farhadi 2018).
 */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Layer {
  readonly network: string
  readonly channels: number
  readonly filters: number
  readonly extent: number
  readonly kernel: number
  readonly stride?: number
  readonly padding?: number
  readonly groups?: number
}

const layers: Layer[] = []

/** Adds a layer, by default padded by half its kernel. Returns the extent of its result. */
function add(
  network: string,
  channels: number,
  filters: number,
  extent: number,
  kernel: number,
  options: Partial<Layer> = {},
): number {
  const padding = Math.floor(kernel / 2)
  layers.push({ network, channels, filters, extent, kernel, padding, ...options })
  return (
    Math.floor((extent + 2 * (options.padding ?? padding) - kernel) / (options.stride ?? 1)) + 1
  )
}

const addDepthwise = (
  network: string,
  channels: number,
  extent: number,
  kernel: number,
  stride: number,
): number => add(network, channels, channels, extent, kernel, { stride, groups: channels })

// AlexNet, VGG-16
add('AlexNet', 3, 64, 224, 11, { stride: 4, padding: 2 })
add('AlexNet', 64, 192, 27, 5)
for (const [c, f] of [
  [192, 384],
  [384, 256],
  [256, 256],
] as const)
  add('AlexNet', c, f, 13, 3)
for (const [c, f, n] of [
  [3, 64, 224],
  [64, 64, 224],
  [64, 128, 112],
  [128, 128, 112],
  [128, 256, 56],
  [256, 256, 56],
  [256, 512, 28],
  [512, 512, 28],
  [512, 512, 14],
] as const)
  add('VGG-16', c, f, n, 3)

// GoogLeNet: channels in, then the widths of 1×1, 3×3 (reduced, out), 5×5 (reduced, out), pool
// projection.
add('GoogLeNet', 3, 64, 224, 7, { stride: 2 })
add('GoogLeNet', 64, 64, 56, 1)
add('GoogLeNet', 64, 192, 56, 3)
for (const [n, c, one, three, threeOut, five, fiveOut, pool] of [
  [28, 192, 64, 96, 128, 16, 32, 32],
  [28, 256, 128, 128, 192, 32, 96, 64],
  [14, 480, 192, 96, 208, 16, 48, 64],
  [14, 512, 160, 112, 224, 24, 64, 64],
  [14, 512, 128, 128, 256, 24, 64, 64],
  [14, 512, 112, 144, 288, 32, 64, 64],
  [14, 528, 256, 160, 320, 32, 128, 128],
  [7, 832, 256, 160, 320, 32, 128, 128],
  [7, 832, 384, 192, 384, 48, 128, 128],
] as const) {
  for (const f of [one, three, five, pool]) add('GoogLeNet', c, f, n, 1)
  add('GoogLeNet', three, threeOut, n, 3)
  add('GoogLeNet', five, fiveOut, n, 5)
}

// ResNet-18 and -50
add('ResNet-18', 64, 64, 56, 3)
add('ResNet-50', 64, 256, 56, 1)
add('ResNet-50', 256, 64, 56, 1)
for (const [width, extent] of [
  [128, 56],
  [256, 28],
  [512, 14],
] as const) {
  add('ResNet-18', width / 2, width, extent, 3, { stride: 2 })
  add('ResNet-18', width / 2, width, extent, 1, { stride: 2 })
  add('ResNet-18', width, width, extent / 2, 3)
  add('ResNet-50', width * 2, width, extent, 1)
  add('ResNet-50', width, width, extent, 3, { stride: 2 })
  add('ResNet-50', width * 2, width * 4, extent, 1, { stride: 2 })
  add('ResNet-50', width, width * 4, extent / 2, 1)
  add('ResNet-50', width * 4, width, extent / 2, 1)
}

// SqueezeNet 1.1: channels in, squeezed, expanded.
add('SqueezeNet', 3, 64, 224, 3, { stride: 2, padding: 0 })
for (const [n, c, squeezed, expanded] of [
  [55, 64, 16, 64],
  [55, 128, 16, 64],
  [27, 128, 32, 128],
  [27, 256, 32, 128],
  [13, 256, 48, 192],
  [13, 384, 48, 192],
  [13, 384, 64, 256],
  [13, 512, 64, 256],
] as const) {
  add('SqueezeNet', c, squeezed, n, 1)
  add('SqueezeNet', squeezed, expanded, n, 1)
  add('SqueezeNet', squeezed, expanded, n, 3)
}

// DenseNet-121: every layer appends 32 channels to those of all layers before it.
for (const [n, start, count] of [
  [56, 64, 6],
  [28, 128, 12],
  [14, 256, 24],
  [7, 512, 16],
] as const) {
  for (let i = 0; i < count; i++) add('DenseNet-121', start + 32 * i, 128, n, 1)
  add('DenseNet-121', 128, 32, n, 3)
  if (n > 7) add('DenseNet-121', start + 32 * count, (start + 32 * count) / 2, n, 1)
}

// MobileNet v1 and v2, EfficientNet-B0
let extent = add('MobileNet v1', 3, 32, 224, 3, { stride: 2 })
let width = 32
for (const [f, stride] of [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const) {
  const smaller = addDepthwise('MobileNet v1', width, extent, 3, stride)
  add('MobileNet v1', width, f, smaller, 1)
  ;[extent, width] = [smaller, f]
}

type Stage = readonly [
  expansion: number,
  kernel: number,
  filters: number,
  repeats: number,
  stride: number,
]
function addInvertedBlocks(network: string, stages: readonly Stage[]): void {
  let [n, c] = [112, 32]
  for (const [expansion, kernel, filters, repeats, first] of stages) {
    for (let i = 0; i < repeats; i++) {
      const stride = i === 0 ? first : 1
      const inside = c * expansion
      if (expansion > 1) add(network, c, inside, n, 1)
      n = addDepthwise(network, inside, n, kernel, stride)
      add(network, inside, filters, n, 1)
      c = filters
    }
  }
  add(network, c, 1280, n, 1)
}
addInvertedBlocks('MobileNet v2', [
  [1, 3, 16, 1, 1],
  [6, 3, 24, 2, 2],
  [6, 3, 32, 3, 2],
  [6, 3, 64, 4, 2],
  [6, 3, 96, 3, 1],
  [6, 3, 160, 3, 2],
  [6, 3, 320, 1, 1],
])
addInvertedBlocks('EfficientNet-B0', [
  [1, 3, 16, 1, 1],
  [6, 3, 24, 2, 2],
  [6, 5, 40, 2, 2],
  [6, 3, 80, 3, 2],
  [6, 5, 112, 3, 1],
  [6, 5, 192, 4, 2],
  [6, 3, 320, 1, 1],
])

// U-Net at 256², YOLOv3-tiny at 416²
for (const [n, f] of [
  [256, 64],
  [128, 128],
  [64, 256],
  [32, 512],
  [16, 1024],
] as const) {
  add('U-Net', n === 256 ? 3 : f / 2, f, n, 3)
  add('U-Net', f, f, n, 3)
  if (f < 1024) add('U-Net', f * 2, f, n, 3)
}
for (const [n, c, f, kernel] of [
  [416, 3, 16, 3],
  [208, 16, 32, 3],
  [104, 32, 64, 3],
  [52, 64, 128, 3],
  [26, 128, 256, 3],
  [13, 256, 512, 3],
  [13, 512, 1024, 3],
  [13, 1024, 256, 1],
  [13, 512, 255, 1],
  [13, 256, 128, 1],
  [26, 384, 256, 3],
  [26, 256, 255, 1],
] as const)
  add('YOLOv3-tiny', c, f, n, kernel)

const lines = new Map<string, string>()
for (const {
  network,
  channels,
  filters,
  extent: n,
  kernel: k,
  stride = 1,
  padding = 0,
  groups = 1,
} of layers) {
  const parts = [
    stride > 1 ? ` s${stride}` : '',
    padding > 0 ? ` p${padding}` : '',
    groups > 1 ? ` g${groups}` : '',
  ]
  const kernel = `${filters}x${channels / groups}x${k}x${k}`
  const text = `1x${channels}x${n}x${n} * ${kernel}${parts.join('')}`
  if (!lines.has(text))
    lines.set(
      text,
      `${text} ; ${network} ${k}×${k} ${n}²·${channels}→${filters} ; tfjs-wasm 1.4 ; onnx-web 1.6`,
    )
}
const head =
  `# The ${lines.size} different convolution layers of well-known networks, batch 1. Written ` +
  'by networks.ts.\n'
writeFileSync(
  join(import.meta.dirname, 'suites/networks.txt'),
  `${head}${[...lines.values()].join('\n')}\n`,
)
console.log(`${lines.size} layers`)
