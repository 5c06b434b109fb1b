/**
 * The colour of a tap, and a readable text colour on it. The colours run from dark blue to yellow
 * (the cividis colour map). They differ in lightness too, so they can be told apart with any colour
 * vision.
 */

const ramp = [
  '#00224e',
  '#123570',
  '#3b496c',
  '#575d6d',
  '#707173',
  '#8a8678',
  '#a59c74',
  '#c3b369',
  '#e1cc55',
  '#fee838',
].map((text) =>
  [1, 3, 5].map((position) => Number.parseInt(text.slice(position, position + 2), 16)),
)

export interface Ink {
  readonly background: string
  readonly ink: string
}

const linear = (channel: number): number =>
  channel <= 10.31 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4

const coloursByCount = new Map<number, Ink[]>()

/** Colours are cached, because every highlighted cell needs one. */
export function tapColour(tap: number, of: number): Ink {
  const colours = coloursByCount.get(of) ?? []
  coloursByCount.set(of, colours)
  colours[tap] ??= makeColour(tap, of)
  return colours[tap]
}

function makeColour(tap: number, of: number): Ink {
  const position = (of < 2 ? 1 : tap / (of - 1)) * (ramp.length - 1)
  const low = Math.min(ramp.length - 2, Math.floor(position))
  const channels = ramp[low]!.map((channel, i) =>
    Math.round(channel + (ramp[low + 1]![i]! - channel) * (position - low)),
  )
  const [red = 0, green = 0, blue = 0] = channels.map(linear)
  const lightness = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  return { background: `rgb(${channels.join(' ')})`, ink: lightness > 0.18 ? '#000' : '#fff' }
}
