/**
 * Why may this not be released? Each reason says what was found and what to do. The facts are
 * collected before, so that the reasons are plain functions of them.
 *
 * A release has two steps, between which a person commits and tags. `prepare` writes the version
 * and the section of the changelog. `publish` sends to the registry what the tag names.
 */

import semver from 'semver'
import type { Section } from './changelog.ts'
import { unreleased } from './changelog.ts'
import type { Place } from './versions.ts'

export interface Facts {
  readonly step: 'prepare' | 'publish'
  readonly version: string
  readonly places: readonly Place[]
  readonly sections: readonly Section[]
  /** The lines of `git status --porcelain`; undefined outside of a Git repository. */
  readonly changes: readonly string[] | undefined
  /** The tags of the commit. */
  readonly tagsHere: readonly string[]
  readonly allTags: readonly string[]
  /** Published packages without the field `repository`. */
  readonly withoutRepository: readonly string[]
  /** Whether the origin of the archives is to be signed. */
  readonly signs: boolean
  /** Packages that the registry has in this version, with other contents. */
  readonly taken: readonly string[]
}

export function refusals(facts: Facts): string[] {
  const { version, step } = facts
  if (semver.valid(version) !== version)
    return [`'${version}' is no version. Give one such as 0.2.0 or 1.0.0-beta.1.`]
  return [
    ...refusedTree(facts),
    ...(step === 'prepare' ? refusedPreparation(facts) : refusedPublication(facts)),
  ]
}

function refusedTree({ changes }: Facts): string[] {
  if (changes === undefined) return ['This is no Git repository. Release from a clone.']
  if (changes.length === 0) return []
  const files = changes.slice(0, 5).join(', ') + (changes.length > 5 ? ', …' : '')
  return [`The tree has ${changes.length} changes (${files}). Commit or remove them first.`]
}

function refusedPreparation({ version, sections, places, allTags }: Facts): string[] {
  const waiting = sections.find(({ title }) => title === unreleased)
  const same = sections.find(({ title }) => title === version)
  const last = sections.map(({ title }) => title).find((title) => semver.valid(title) !== null)
  const current = places[0]?.version
  return [
    ...(same === undefined
      ? []
      : [`CHANGELOG.md has ${version} already, of ${same.date}. Name a new version.`]),
    ...(allTags.includes(`v${version}`) ? [`The tag v${version} exists. Name a new version.`] : []),
    ...(waiting === undefined || waiting.text === ''
      ? [`CHANGELOG.md has nothing below [${unreleased}]. Write there what changes for users.`]
      : []),
    ...(last !== undefined && same === undefined && !semver.gt(version, last)
      ? [`${version} does not come after ${last}, the newest in CHANGELOG.md.`]
      : []),
    ...outOfStep(places, current!),
  ]
}

function refusedPublication(facts: Facts): string[] {
  const { version, sections, places, tagsHere, allTags, withoutRepository, signs, taken } = facts
  const section = sections.find(({ title }) => title === version)
  const waiting = sections.find(({ title }) => title === unreleased)
  const tag = `v${version}`
  return [
    ...outOfStep(places, version),
    ...refusedSection(version, section),
    ...(waiting === undefined || waiting.text === ''
      ? []
      : [`CHANGELOG.md has changes below [${unreleased}]: they are not part of ${version}.`]),
    ...(tagsHere.includes(tag)
      ? []
      : allTags.includes(tag)
        ? [`The tag ${tag} names another commit. Check it out, or release a new version.`]
        : [`This commit has no tag ${tag}. Run: git tag ${tag}`]),
    ...(signs && withoutRepository.length > 0
      ? [
          `${withoutRepository.join(', ')}: no field 'repository', which the registry compares ` +
            'with the signed origin. Add it, or publish with --without-provenance.',
        ]
      : []),
    ...taken.map(
      (name) =>
        `The registry has ${name} ${version} with other contents. A version is never replaced: ` +
        'release a new one.',
    ),
  ]
}

function refusedSection(version: string, section: Section | undefined): string[] {
  if (section === undefined)
    return [`CHANGELOG.md has no section for ${version}. Run: npm run release -- ${version}`]
  if (section.text === '') return [`The section of ${version} in CHANGELOG.md is empty.`]
  const isDay = /^\d{4}-\d\d-\d\d$/.test(section.date ?? '')
  return isDay && !Number.isNaN(Date.parse(section.date!))
    ? []
    : [`The section of ${version} in CHANGELOG.md has no day. Write ## [${version}] - 2026-12-31.`]
}

/** The places that name another version than the one that all should. */
function outOfStep(places: readonly Place[], version: string): string[] {
  const others = places.filter((place) => place.version !== version)
  if (others.length === 0) return []
  const list = others.map((one) => `${one.place} (${one.version})`).join(', ')
  return [`The versions are not in step. All should be ${version}, but: ${list}.`]
}
