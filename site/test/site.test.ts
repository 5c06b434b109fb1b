/**
 * Do the pages of the site fit together? Their texts and links, without a build: `npm run
 * check:site` builds them and looks at them in a browser.
 */

import { describe, expect, test } from 'vitest'
import { linkOf } from '../../lab/src/state/link.ts'
import { firstState } from '../../lab/src/state/state.ts'
import { namesOfOther, publicNames } from '../../scripts/public-names.ts'
import { anchorOf } from '../anchors.ts'
import { lostCases, placeOf, runs, shownCases } from '../benchmarks.ts'
import { firstLink } from '../first-link.ts'
import { withoutCode, withSiteLinks } from '../links.ts'
import { pages } from '../pages.ts'
import { basePath, baseScript, relativePage, relativeScript } from '../relative.ts'
import { keepSections, tokenize } from '../search.ts'
import { chineseSidebar, decisionSidebar, guideSidebar, referenceSidebar } from '../sidebar.ts'
import { otherLanguage, twinsAmong } from '../twins.ts'

const all = pages()
const texts = new Map(all.map(({ address, text }) => [address, text]))

/** The address that a link of a page means. */
const targetOf = (link: string): string => {
  const path = link
    .replace(/#.*/, '')
    .replace(/^\//, '')
    .replace(/\.html$/, '')
  return path === '' || path.endsWith('/') ? `${path}index` : path
}

/** The anchors of a page: those that are written, and those that follow from its headings. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>()
  const shown = text.replaceAll(/^( *)(```+)[^\n]*\n[\s\S]*?^\1\2 *$/gm, '')
  for (const [, heading] of shown.matchAll(/^#+ (.+)$/gm)) {
    const written = /\{#([^}]+)\}$/.exec(heading!)?.[1]
    const plain = heading!.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '')
    anchors.add(written ?? anchorOf(plain))
  }
  return anchors
}

describe('links', () => {
  const links = all.flatMap(({ address, text }) => {
    const shown = withoutCode(text)
    const found = [
      ...shown.matchAll(/\]\(((?:\/|#)[^()\s]*)\)/g),
      ...shown.matchAll(/href="([^"]*)"/g),
    ]
    return found.map(([, link]) => ({ address, link: link!.replace(basePath, '/') }))
  })

  test('lead to pages and to anchors that exist', () => {
    expect(links.length).toBeGreaterThan(1000)
    const dead = links.filter(({ address, link }) => {
      if (/^\/(lab|pictures)\//.test(link)) return false
      const target = link.startsWith('#') ? address : targetOf(link)
      const text = texts.get(target)
      const anchor = decodeURIComponent(link.split('#')[1] ?? '')
      return text === undefined || (anchor !== '' && !anchorsOf(text).has(anchor))
    })
    expect(dead).toEqual([])
  })

  test('beside the text lead to pages, and every guide stands there once', () => {
    const groups = [
      ...[guideSidebar(), referenceSidebar(), decisionSidebar(), chineseSidebar()].flat(),
    ]
    const listed = groups.flatMap(({ items }) => items.map(({ link }) => targetOf(link)))
    expect(listed.filter((address) => !texts.has(address))).toEqual([])
    const inGuides = guideSidebar().flatMap(({ items }) => items.map(({ link }) => targetOf(link)))
    expect(new Set(inGuides).size).toBe(inGuides.length)
    const missing = [...texts.keys()].filter(
      (address) =>
        /^(guide|algorithms|packages|examples)\//.test(address) && !inGuides.includes(address),
    )
    expect(missing).toEqual([])
  })

  const place = {
    file: 'docs/here.md',
    addresses: new Map([['docs/adding.md', 'guide/adding']]),
    root: new URL('../..', import.meta.url).pathname,
  }

  test('of the repository become links of the site, or names of files', () => {
    expect(withSiteLinks('[a](adding.md#way) and `[a](adding.md)`', place)).toBe(
      '[a](/guide/adding#way) and `[a](adding.md)`',
    )
    expect(withSiteLinks('see [`api.ts`](../scripts/api.ts)', place)).toBe('see `scripts/api.ts`')
    expect(withSiteLinks('[the script](../scripts/api.ts)', place)).toBe(
      'the script (`scripts/api.ts`)',
    )
    expect(() => withSiteLinks('[a](gone.md)', place)).toThrow('docs/gone.md')
  })

  test('name no host that the pages of the repository do not name', () => {
    const written = ['index', 'zh/index', 'api/index', 'benchmarks/index', 'decisions/index']
    for (const address of written) expect(texts.get(address)).not.toMatch(/https?:/)
  })
})

test('anchors that are written are unique on their page', () => {
  for (const { address, text } of all) {
    const written = [...text.matchAll(/^#+ .*\{#([^}]+)\}$/gm)].map(([, anchor]) => anchor)
    const twice = written.filter((anchor, i) => written.indexOf(anchor) !== i)
    expect(twice, address).toEqual([])
  }
})

test('the reference has every public name with its examples', () => {
  const reference = all.filter(({ address }) => address.startsWith('api/'))
  const text = reference.map(({ text }) => text).join('\n')
  const names = Object.values(publicNames())
    .flatMap(({ exports }) => exports)
    .filter(({ name }) => !name.endsWith('Sync'))
  expect(names.length).toBeGreaterThan(200)
  for (const { name } of names) expect(text).toContain(`\n## \`${name}\` {#`)
  const conv2d = text.slice(text.indexOf('## `conv2d`'), text.indexOf('## `conv3d`'))
  expect(conv2d).toContain('[[[[145.06, 108.06], [108.06, 121.06]]]]')
  expect(conv2d).toContain('**Throws** [`OptionError`]')
  expect(conv2d).toContain('**Costs**')
  expect(conv2d).toMatch(/<code>packages\/stridefold\/src\/asynchronous\.ts<\/code>, line \d+/)
})

describe('benchmarks', () => {
  const cases = shownCases(runs())

  test('show each case once, from the newest file with as many libraries', () => {
    const keys = cases.map((c) => `${c.suite} ${c.name} ${c.case}`)
    expect(new Set(keys).size).toBe(keys.length)
    const all = new Set(
      runs().flatMap((run) => run.cases.map((c) => `${c.suite} ${c.name} ${c.case}`)),
    )
    expect(new Set(keys)).toEqual(all)
  })

  test('say which cases are lost', () => {
    const sum = cases.filter((c) => {
      const [own, theirs] = ['memory', 'pytorch'].map((name) =>
        c.results.find((result) => result.name === name),
      )
      return own !== undefined && theirs !== undefined && theirs.median < own.median
    }).length
    expect(sum).toBeGreaterThan(0)
    const lost = lostCases(cases, ({ results }) => results.find(({ name }) => name === 'memory'))
    expect(lost).toContain(`PyTorch in ${sum} of `)
  })

  test('stand at the logarithm of the ratio', () => {
    // From 0.2 to 1000 are log 5000; from 0.2 to 1 are log 5.
    expect(placeOf(1)).toBeCloseTo((100 * Math.log(5)) / Math.log(5000), 10)
    expect(placeOf(1000)).toBe(100)
    expect(placeOf(0.01)).toBe(0)
  })
})

describe('addresses below any path', () => {
  test('of a page are relative', () => {
    expect(relativePage(`<a href="${basePath}api/">`, '../')).toBe('<a href="../api/">')
    expect(relativePage(baseScript, '../../')).toContain('new URL("../../",location.href)')
  })

  test('of a script follow the page that runs it', () => {
    const code = [
      `const a = "${basePath}x", b = \`${basePath}\${1 + 1}\`,`,
      `c = '<a href="${basePath}y">"z"</a>', d = "no base"`,
      'globalThis.found = [a, b, c, d]',
    ].join('\n')
    const run = new Function('globalThis', `${relativeScript(code)}; return globalThis.found`)
    expect(run({ siteBase: '/some/where/' })).toEqual([
      '/some/where/x',
      '/some/where/2',
      '<a href="/some/where/y">"z"</a>',
      'no base',
    ])
    expect(() => relativeScript(`import '${basePath}x.js'`)).toThrow('not relative')
  })
})

describe('search', () => {
  test('takes words of Chinese, and the parts of names', () => {
    const pairs = ['翻转', '转卷', '卷积', '积核']
    expect(tokenize('翻转卷积核')).toEqual(expect.arrayContaining(pairs))
    expect(tokenize('一个 stride 步幅')).toEqual(expect.arrayContaining(['stride', '步幅']))
    expect(tokenize('convInputGradient(x)')).toEqual(
      expect.arrayContaining(['convInputGradient', 'Gradient', 'x']),
    )
  })

  test('cuts pages at their headings', () => {
    const link = '<a class="header-anchor" href="#b"></a>'
    const html = [
      `<h1 id="a">A &lt; B ${link}</h1><p>one</p>`,
      `<h2 id="b">C ${link}</h2><p>two <b>x</b></p>`,
    ].join('')
    expect(keepSections('x.md', html)).toEqual([
      { anchor: '', titles: ['A < B'], text: 'one' },
      { anchor: 'b', titles: ['A < B', 'C'], text: 'two x' },
    ])
  })
})

test('anchors are those of GitHub', () => {
  expect(anchorOf('Pages of the menu (more)')).toBe('pages-of-the-menu-more')
  expect(anchorOf('In place of tf.conv2d')).toBe('in-place-of-tfconv2d')
  expect(anchorOf('目前的限制')).toBe('目前的限制')
})

test('the frame shows what the lab shows first', () => {
  expect(firstLink).toBe(linkOf(firstState))
})

describe('the menu of languages', () => {
  const twins = twinsAmong(texts.keys())

  test('leads to the same page where the other language has it', () => {
    expect(twins).toEqual(expect.arrayContaining(['index', 'readme', 'guide/walk']))
    for (const english of twins)
      for (const [from, to] of [
        [english, `zh/${english}`],
        [`zh/${english}`, english],
      ] as const) {
        const link = otherLanguage(from, twins)
        expect(link && targetOf(link), from).toBe(to)
        expect(texts.has(to), to).toBe(true)
      }
    expect(otherLanguage('index', twins)).toBe('/zh/')
    expect(otherLanguage('zh/index', twins)).toBe('/')
    expect(otherLanguage('zh/guide/walk', twins)).toBe('/guide/walk.html')
  })

  test('has no twin for a page in one language', () => {
    expect(otherLanguage('guide/filters', twins)).toBeUndefined()
  })
})

test('the reference has the packages beside the library, without names like __1', () => {
  for (const [address, name] of [
    ['api/arrays-larger-than-memory', 'filterVolume'],
    ['api/measurement', 'interleaved'],
  ] as const) {
    const text = texts.get(address)!
    expect(text).toContain(`## \`${name}\``)
    expect(text).not.toMatch(/\b__\d/)
    expect(text).not.toContain(`${name}Sync`)
  }
})

test('every name of @stridefold/measure says what it is', () => {
  const entries = ['index', 'browser', 'articles', 'rivals/index', 'suites']
  const names = Object.values(namesOfOther('measure', entries)).flatMap((entry) => entry.exports)
  expect(names.length).toBeGreaterThan(80)
  expect(names.filter(({ documentation }) => documentation === '')).toEqual([])
})
