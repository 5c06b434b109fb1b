/**
 * The colour of a tap, and a readable text colour on it.
 *
 * The row of the tap sets the hue, from blue over green to orange. The column sets the lightness,
 * from dark to light. Blue to orange and dark to light can be told apart with any colour vision.
 * The colours are OKLCH with the largest chroma that sRGB has (Ottosson, "A perceptual color space
 * for image processing", 2020).
 *
 * This module imports nothing, because the script of the first screen contains it.
 */

export interface TapColour {
  readonly background: string
  readonly ink: string
}

const coloursByKernel = new Map<string, TapColour[]>()

/**
 * `tap`: the index in the window, in row-major order. `columns`, `rows`: the extents of one plane
 * of the kernel. Taps of further planes (channels, layers) repeat the colours of the first plane
 * with 1/2 and 1/4 of its chroma; the fourth plane equals the first.
 *
 * Along a single row or column the hue changes with every tap, and the lightness cycles in threes.
 */
export function tapColour(tap: number, columns: number, rows: number, isDark: boolean): TapColour {
  const name = `${columns},${rows},${isDark}`
  const colours = coloursByKernel.get(name) ?? []
  coloursByKernel.set(name, colours)
  colours[tap] ??= makeColour(tap, columns, rows, isDark)
  return colours[tap]
}

function makeColour(tap: number, columns: number, rows: number, isDark: boolean): TapColour {
  const size = columns * rows
  const inPlane = tap % size
  const isLine = columns === 1 || rows === 1
  // Both positions run from 0 to 1.
  const across = isLine
    ? inPlane / Math.max(1, size - 1)
    : Math.floor(inPlane / columns) / (rows - 1)
  const along = isLine ? (inPlane % 3) / 2 : (inPlane % columns) / (columns - 1)
  const hue = across < 0.5 ? 264 - 184 * across : 172 - 228 * (across - 0.5)
  const lightness = (isDark ? 0.6 : 0.395) + 0.23 * along
  const share = 1 / 2 ** (Math.floor(tap / size) % 3)
  const channels = insideSrgb(lightness, 0.17, share, (hue * Math.PI) / 180)
  const [red, green, blue] = channels as [number, number, number]
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  return {
    background: `rgb(${channels.map((c) => Math.round(255 * encoded(c))).join(' ')})`,
    // At 0.179 black and white have the same contrast, 4.58 : 1.
    ink: luminance > 0.179 ? '#000' : '#fff',
  }
}

/** Linear sRGB with a share of the largest chroma in sRGB, at most of `chroma`. */
function insideSrgb(
  lightness: number,
  chroma: number,
  share: number,
  hue: number,
): readonly number[] {
  const channels = linearSrgb(lightness, chroma, hue)
  if (channels.some((c) => c < -0.001 || c > 1.001))
    return insideSrgb(lightness, chroma - 0.004, share, hue)
  return linearSrgb(lightness, chroma * share, hue).map((c) => Math.min(1, Math.max(0, c)))
}

function linearSrgb(lightness: number, chroma: number, hue: number): readonly number[] {
  const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)]
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

const encoded = (c: number): number => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055)
