/** Numbers in messages. */

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/**
 * Bytes in powers of 1024, such as `1.5 GiB`. `up` never names too few: what it prints is enough.
 */
export function bytesText(bytes: number, rounding: 'nearest' | 'up' = 'nearest'): string {
  const power = Math.min(
    units.length - 1,
    Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)),
  )
  if (power === 0) return `${bytes} B`
  const value = bytes / 1024 ** power
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0
  const scale = 10 ** digits
  const rounded = rounding === 'up' ? Math.ceil(value * scale) : Math.round(value * scale)
  return `${rounded / scale} ${units[power]}`
}

/** '1 box', '2 boxes'. */
export const countText = (n: number, one: string, several: string = `${one}s`): string =>
  `${n} ${n === 1 ? one : several}`

/** 1000×512×512 */
export const shapeText = (shape: readonly number[]): string => shape.join('×')
