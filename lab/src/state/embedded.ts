/**
 * Is this page `embed.html`, the first screen as a frame in another page? Then it has no bar, no
 * strip and no keys for the whole page, and leaves the history of the page around it alone.
 */

export const isEmbedded = (): boolean => 'embed' in document.documentElement.dataset

/** `?embed` at the address of the lab is the same page. Returns whether the browser goes there. */
export function goToEmbed(): boolean {
  const wants = !isEmbedded() && new URLSearchParams(location.search).has('embed')
  if (wants) location.replace(new URL(`embed.html${location.hash}`, location.href))
  return wants
}
