/** What does a release write, and when is it refused? Nothing is built, packed or sent here. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { releasedChangelog, sectionsOf } from '../release/changelog.ts'
import {
  inOrderOfDependencies,
  type Manifest,
  publishedPackages,
  root,
  workspaces,
} from '../release/packages.ts'
import { type Facts, refusals } from '../release/refusals.ts'
import { fileAt, manifestAt, placeIn, placesIn, versionFiles } from '../release/versions.ts'

const changelog = `# Changelog

## [Unreleased]

### Added

- A call.

## [0.1.1] - 2026-11-02

- A fault is mended.

## [0.1.0] - 2026-11-01

First release.
`

describe('the changelog', () => {
  test('has sections, newest first', () => {
    expect(sectionsOf(changelog)).toEqual([
      { title: 'Unreleased', date: undefined, text: '### Added\n\n- A call.' },
      { title: '0.1.1', date: '2026-11-02', text: '- A fault is mended.' },
      { title: '0.1.0', date: '2026-11-01', text: 'First release.' },
    ])
  })

  test('gets a section for a version, and an empty one for what comes', () => {
    const released = releasedChangelog(changelog, '0.2.0', '2026-12-01')
    const [first, second, ...others] = sectionsOf(released)
    expect(first).toEqual({ title: 'Unreleased', date: undefined, text: '' })
    expect(second).toEqual({
      title: '0.2.0',
      date: '2026-12-01',
      text: '### Added\n\n- A call.',
    })
    expect(others).toEqual(sectionsOf(changelog).slice(1))
    expect(released.startsWith('# Changelog\n')).toBe(true)
  })

  test('needs one heading of what is not released', () => {
    for (const text of ['# Changelog\n', changelog + changelog])
      expect(() => releasedChangelog(text, '0.2.0', '2026-12-01')).toThrow('one line')
  })

  test('of this project is read as a whole', () => {
    const text = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
    const headings = text.split('\n').filter((line) => line.startsWith('## '))
    expect(sectionsOf(text).length).toBe(headings.length)
    expect(sectionsOf(text)[0]!.title).toBe('Unreleased')
  })
})

const one = (name: string, version: string, dependencies: Readonly<Record<string, string>> = {}) =>
  ({ folder: `packages/${name}`, manifest: { name, version, dependencies } }) as const

describe('the packages', () => {
  test('follow those that they depend on', () => {
    const packages = [one('c', '1.0.0', { a: '1', b: '1' }), one('b', '1.0.0', { a: '1' })]
    const ordered = inOrderOfDependencies([...packages, one('a', '1.0.0', { other: '3' })])
    expect(ordered.map(({ manifest }) => manifest.name)).toEqual(['a', 'b', 'c'])
    const circle = [one('a', '1.0.0', { b: '1' }), one('b', '1.0.0', { a: '1' })]
    expect(() => inOrderOfDependencies(circle)).toThrow('circle: a, b')
  })

  test('of this project are found, have one version, and what a registry shows', () => {
    const published = publishedPackages()
    expect(published.map(({ manifest }) => manifest.name)).toEqual([
      'stridefold',
      '@stridefold/measure',
      '@stridefold/volumes',
      '@stridefold/cli',
    ])
    const places = [
      ...placesIn(workspaces().filter(({ manifest }) => manifest.version !== undefined)),
      ...versionFiles.map((file) => placeIn(file, readFileSync(join(root, file.path), 'utf8'))),
    ]
    expect(places.length).toBeGreaterThan(15)
    expect(new Set(places.map(({ version }) => version))).toEqual(
      new Set([published[0]!.manifest.version]),
    )
    for (const { folder, manifest } of published) {
      const fields = manifest as Manifest & Readonly<Record<string, unknown>>
      for (const field of ['description', 'keywords', 'license', 'engines', 'files', 'sideEffects'])
        expect(fields[field], `${folder} ${field}`).toBeDefined()
      // No address is known, and none is invented.
      for (const field of ['repository', 'homepage', 'bugs', 'author', 'funding'])
        expect(fields[field], `${folder} ${field}`).toBeUndefined()
    }
  })
})

describe('a new version', () => {
  test('stands in a manifest, also for the packages of the project, and nowhere else', () => {
    const text = `{
  "name": "@stridefold/cli",
  "version": "0.1.0",
  "dependencies": {
    "@stridefold/measure": "0.1.0",
    "commander": "0.1.0",
    "stridefold": "0.1.0",
    "stridefold-other": "0.1.0"
  }
}
`
    const names = ['stridefold', '@stridefold/measure']
    expect(JSON.parse(manifestAt(text, '0.2.0', names))).toEqual({
      name: '@stridefold/cli',
      version: '0.2.0',
      dependencies: {
        '@stridefold/measure': '0.2.0',
        commander: '0.1.0',
        stridefold: '0.2.0',
        'stridefold-other': '0.1.0',
      },
    })
  })

  test.each(versionFiles.map((file) => [file.path, file] as const))(
    'stands in %s',
    (path, file) => {
      const text = readFileSync(join(root, path), 'utf8')
      const changed = fileAt(file, text, '7.8.9-beta.1')
      expect(placeIn(file, changed)).toEqual({ place: path, version: '7.8.9-beta.1' })
      expect(changed.replace('7.8.9-beta.1', placeIn(file, text).version)).toBe(text)
    },
  )

  test('is not found where a file has none', () => {
    expect(placeIn(versionFiles[1]!, 'cff-version: 1.2.0\n').version).toBe('no version')
  })
})

const places = placesIn([one('a', '0.1.1'), one('b', '0.1.1', { a: '0.1.1', other: '3' })])

const prepare: Facts = {
  step: 'prepare',
  version: '0.2.0',
  places,
  sections: sectionsOf(changelog),
  changes: [],
  tagsHere: [],
  allTags: ['v0.1.0', 'v0.1.1'],
  withoutRepository: [],
  signs: true,
  taken: [],
}

const publish: Facts = {
  ...prepare,
  step: 'publish',
  places: placesIn([one('a', '0.2.0'), one('b', '0.2.0', { a: '0.2.0' })]),
  sections: sectionsOf(releasedChangelog(changelog, '0.2.0', '2026-12-01')),
  tagsHere: ['v0.2.0'],
  allTags: ['v0.1.0', 'v0.1.1', 'v0.2.0'],
}

describe('a release is refused', () => {
  test('for no reason if all is well', () => {
    expect(refusals(prepare)).toEqual([])
    expect(refusals(publish)).toEqual([])
    expect(refusals({ ...publish, withoutRepository: ['a'], signs: false })).toEqual([])
  })

  const section = (title: string, date: string | undefined, text: string) =>
    [
      { title: 'Unreleased', date: undefined, text: '' },
      { title, date, text },
    ] as const

  const cases: readonly [string, Facts, RegExp][] = [
    ['no version', { ...prepare, version: 'v0.2' }, /^'v0.2' is no version/],
    ['no repository of Git', { ...prepare, changes: undefined }, /no Git repository/],
    ['changes', { ...prepare, changes: [' M a.ts'] }, /^The tree has 1 changes \( M a.ts\)/],
    ['changes', { ...publish, changes: ['?? a.ts'] }, /^The tree has 1 changes/],
    [
      'a version of before',
      { ...prepare, version: '0.1.1', allTags: [] },
      /0\.1\.1 already, of 2026-11-02/,
    ],
    ['an older version', { ...prepare, version: '0.1.1-beta.1' }, /does not come after 0\.1\.1/],
    ['a tag of before', { ...prepare, allTags: ['v0.2.0'] }, /tag v0\.2\.0 exists/],
    ['nothing new', { ...prepare, sections: publish.sections.slice(0, 1) }, /nothing below/],
    ['nothing at all', { ...prepare, sections: [] }, /nothing below/],
    [
      'packages out of step',
      { ...prepare, places: [...places, { place: 'c', version: '0.1.0' }] },
      /All should be 0\.1\.1, but: c \(0\.1\.0\)/,
    ],
    ['old packages', { ...publish, places }, /All should be 0\.2\.0, but: packages\/a\/package/],
    [
      'no section',
      { ...publish, sections: publish.sections.slice(0, 1) },
      /no section for 0\.2\.0/,
    ],
    ['an empty one', { ...publish, sections: section('0.2.0', '2026-12-01', '') }, /is empty/],
    ['no day', { ...publish, sections: section('0.2.0', undefined, 'Text') }, /has no day/],
    ['no real day', { ...publish, sections: section('0.2.0', '2026-13-01', 'Text') }, /has no day/],
    [
      'later changes',
      { ...publish, sections: [{ ...prepare.sections[0]! }, ...publish.sections.slice(1)] },
      /not part of 0\.2\.0/,
    ],
    ['no tag', { ...publish, tagsHere: [], allTags: [] }, /Run: git tag v0\.2\.0/],
    ['a tag elsewhere', { ...publish, tagsHere: [] }, /names another commit/],
    ['no origin to sign', { ...publish, withoutRepository: ['a'] }, /^a: no field 'repository'/],
    ['what is there', { ...publish, taken: ['a'] }, /a 0\.2\.0 with other contents/],
  ]

  test.each(cases)('for %s', (_, facts, reason) => {
    const reasons = refusals(facts)
    expect(reasons.length).toBe(1)
    expect(reasons[0]).toMatch(reason)
  })
})
