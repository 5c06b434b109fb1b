/**
 * The syntax trees of `translate --from`: the expressions and statements that Python and JavaScript
 * share. Nothing here is executed.
 */

/** A position in the text: from `at` up to `end`. */
interface Span {
  readonly at: number
  readonly end: number
}

export type Expression = Span &
  (
    | { readonly type: 'number'; readonly value: number }
    | { readonly type: 'string'; readonly value: string }
    | { readonly type: 'name'; readonly name: string }
    | { readonly type: 'list'; readonly items: readonly Expression[] }
    | { readonly type: 'dict'; readonly entries: readonly (readonly [string, Expression])[] }
    | { readonly type: 'member'; readonly object: Expression; readonly name: string }
    | { readonly type: 'call'; readonly callee: Expression; readonly args: readonly Argument[] }
    | {
        readonly type: 'subscript'
        readonly object: Expression
        readonly items: readonly Expression[]
      }
    | {
        readonly type: 'slice'
        readonly start: Expression | undefined
        readonly stop: Expression | undefined
        readonly step: Expression | undefined
      }
    | { readonly type: 'ellipsis' }
    | { readonly type: 'unary'; readonly operator: string; readonly operand: Expression }
    | {
        readonly type: 'binary'
        readonly operator: string
        readonly left: Expression
        readonly right: Expression
      }
    /** `*items` in Python, `...items` in JavaScript. */
    | { readonly type: 'spread'; readonly operand: Expression }
  )

export interface Argument {
  /** The name of a keyword argument. */
  readonly name?: string
  readonly value: Expression
}

export type Statement =
  | {
      readonly type: 'import'
      /** The name in the text, and what it stands for: `F` is `torch.nn.functional`. */
      readonly names: readonly (readonly [alias: string, path: string])[]
    }
  | { readonly type: 'assign'; readonly target: Expression; readonly value: Expression }
  | { readonly type: 'expression'; readonly value: Expression }

export interface Program {
  readonly text: string
  readonly statements: readonly Statement[]
  readonly comments: readonly string[]
}
