/**
 * The changelog as text: its sections, and the text in which the changes that were not released yet
 * become those of a version. The format is Keep a Changelog: `## [0.2.0] - 2026-12-01`.
 */

export interface Section {
  /** 'Unreleased' or a version. */
  readonly title: string
  /** As in the heading: the day of the release. Undefined for 'Unreleased'. */
  readonly date: string | undefined
  /** The text below the heading, without blank lines around it. */
  readonly text: string
}

export const unreleased = 'Unreleased'

const heading = /^## \[([^\]]+)\](?: - (.*))?$/gm

/** The sections in the order of the file: newest first. */
export function sectionsOf(changelog: string): Section[] {
  const found = [...changelog.matchAll(heading)]
  return found.map((match, i) => ({
    title: match[1]!,
    date: match[2],
    text: changelog.slice(match.index + match[0].length, found[i + 1]?.index).trim(),
  }))
}

/** The changelog after a release: an empty section for what comes, then the one of the version. */
export function releasedChangelog(changelog: string, version: string, date: string): string {
  const before = `## [${unreleased}]\n`
  if (changelog.split(before).length !== 2)
    throw new Error(`CHANGELOG.md needs one line "${before.trim()}".`)
  return changelog.replace(before, () => `${before}\n## [${version}] - ${date}\n`)
}
