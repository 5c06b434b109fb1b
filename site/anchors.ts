/**
 * The anchor of a heading, as GitHub makes it, so that links within docs/ work in both places:
 * lower case, hyphens for spaces, without other signs.
 */
export const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
