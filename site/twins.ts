/** Pages that exist in English and Chinese. */

/** The addresses of English pages that have a Chinese twin: the same below `zh/`. */
export type Twins = readonly string[]

/** All twins among these addresses. */
export const twinsAmong = (addresses: Iterable<string>): Twins => {
  const all = new Set(addresses)
  return [...all].filter((address) => all.has(`zh/${address}`)).sort()
}

/** The link to the same page in the other language; undefined if there is none. */
export function otherLanguage(address: string, twins: Twins): string | undefined {
  const isChinese = address.startsWith('zh/')
  const english = isChinese ? address.slice('zh/'.length) : address
  if (!twins.includes(english)) return undefined
  const other = isChinese ? english : `zh/${english}`
  return `/${other.replace(/(^|\/)index$/, '$1')}${/(^|\/)index$/.test(other) ? '' : '.html'}`
}
