/**
 * The menu of languages leads to the same page in the other language, or to its start page where
 * there is none. VitePress does one or the other for all pages; this stands in its place (see
 * config.ts). `theme.twins` has the pages that exist in both.
 */

import { useData } from 'vitepress'
import { type ComputedRef, computed } from 'vue'
import { otherLanguage, type Twins } from '../../twins.ts'

interface Lang {
  readonly label: string | undefined
  readonly link: string
}

interface Langs {
  readonly currentLang: ComputedRef<Lang>
  readonly localeLinks: ComputedRef<{ readonly text: string; readonly link: string }[]>
}

interface Request {
  /** Whether the links lead to the same page, where the other language has it. */
  readonly correspondingLink?: boolean
}

export function useLangs({ correspondingLink = false }: Request = {}): Langs {
  const { site, localeIndex, page, theme } = useData<{ readonly twins: Twins }>()
  const linkOf = (key: string): string =>
    site.value.locales[key]?.link ?? (key === 'root' ? '/' : `/${key}/`)
  const currentLang = computed(() => ({
    label: site.value.locales[localeIndex.value]?.label,
    link: linkOf(localeIndex.value),
  }))
  const localeLinks = computed(() =>
    Object.entries(site.value.locales)
      .filter(([key]) => key !== localeIndex.value)
      .map(([key, { label }]) => {
        const address = page.value.relativePath.replace(/\.md$/, '')
        const twin = correspondingLink ? otherLanguage(address, theme.value.twins) : undefined
        return { text: label, link: twin ?? linkOf(key) }
      }),
  )
  return { currentLang, localeLinks }
}
