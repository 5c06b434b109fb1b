/** Captions of docked views. A word that names an input, a kernel or an output has its colour. */

import type { JSX } from 'preact'

export type Role = 'input' | 'kernel' | 'product' | 'output'
export type Words = readonly (string | { readonly role: Role; readonly words: string })[]

export const RoleWords = ({ words }: { readonly words: Words }): JSX.Element => (
  <>
    {words.map((word, i) =>
      typeof word === 'string' ? (
        word
      ) : (
        <span key={i} class={`dock-${word.role}`}>
          {word.words}
        </span>
      ),
    )}
  </>
)
