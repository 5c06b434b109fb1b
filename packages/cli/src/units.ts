/**
 * Formats numbers for people: three digits and a unit that keeps them short.
 */

/** Milliseconds as ns, µs, ms or s. */
export function duration(milliseconds: number): string {
  const [value, unit] =
    milliseconds < 1e-3
      ? [milliseconds * 1e6, 'ns']
      : milliseconds < 1
        ? [milliseconds * 1e3, 'µs']
        : milliseconds < 1000
          ? [milliseconds, 'ms']
          : [milliseconds / 1000, 's']
  return `${digits(value)} ${unit}`
}

/** Bytes in powers of 1024. */
export function byteSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(
    units.length - 1,
    Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)),
  )
  return power === 0 ? `${bytes} B` : `${digits(bytes / 1024 ** power)} ${units[power]}`
}

/** A count with k, M, G. */
export function count(value: number): string {
  const units = ['', ' k', ' M', ' G', ' T']
  const power =
    value === 0 ? 0 : Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(value) / 3)))
  return `${power === 0 ? Math.round(value) : digits(value / 1000 ** power)}${units[power]}`
}

/** How many of a thing: '1 channel', '2 channels'. Give `several` for another plural. */
export const countOf = (n: number, one: string, several: string = `${one}s`): string =>
  `${n} ${n === 1 ? one : several}`

/** Three significant digits, without an exponent. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 999.5) return Math.round(value).toLocaleString('en-US')
  return value === 0 ? '0' : value.toPrecision(3)
}

/** A share in per cent. */
export const percent = (share: number): string =>
  Number.isFinite(share) ? `${digits(100 * share)} %` : '–'
