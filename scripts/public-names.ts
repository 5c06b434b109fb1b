/**
 * Which names does the library export, what are their members, and what does the documentation of
 * each one say? Read through the API of the TypeScript compiler, as editors read it. The tests of
 * the documentation use it, and so does `npm run api`.
 *
 * That API is called unstable: a new version of TypeScript may need changes here, and only here.
 */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { SyntaxKind } from 'typescript/unstable/ast'
import {
  API,
  type Checker,
  type Symbol as NamedSymbol,
  type Project,
  type Signature,
  SignatureKind,
  SymbolFlags,
  type Type,
} from 'typescript/unstable/sync'

const library = fileURLToPath(new URL('../packages/stridefold/', import.meta.url))
const packages = fileURLToPath(new URL('../packages/', import.meta.url))

/** The entry points, by the file in `src`. */
export const entryPoints = ['index', 'sync', 'verify', 'npy', 'boxes'] as const
export type EntryPoint = (typeof entryPoints)[number]

/** A public name, or a member of one, with its documentation. */
export interface PublicName {
  /** Such as `plan`, `Plan.run` or `LintOptions.alpha`. */
  readonly name: string
  /** The file that declares it, relative to `src`. */
  readonly file: string
  /** The line of that file with the name, from 1. */
  readonly line: number
  /** Whether it is a function or a method, not an option that takes one. */
  readonly isCallable: boolean
  /** Whether it is a type only. */
  readonly isType: boolean
  /** Whether it is an option: the caller may leave it out. */
  readonly isOption: boolean
  /** Parameters and result of a function in one line; empty for others. */
  readonly signature: string
  /** The type of a member or constant, without undefined for an option; empty for others. */
  readonly type: string
  /** The declaration of a type that is no interface and no class; empty for others. */
  readonly declaration: string
  /** The names of the members of a type, such as `RunOptions.dtype`, in order. */
  readonly members: readonly string[]
  readonly documentation: string
  readonly examples: readonly string[]
}

/** What an entry point exports, and the documented members that its exports lead to. */
export interface PublicNames {
  readonly exports: readonly PublicName[]
  readonly members: readonly PublicName[]
}

/** Returns the public names of every entry point. Takes about a second. */
export const publicNames = (): Readonly<Record<EntryPoint, PublicNames>> =>
  namesOfPackage(library, `${library}tsconfig.build.json`, entryPoints)

/** The public names of another package by its entry points, read with the sources of all. */
export const namesOfOther = (
  name: string,
  entries: readonly string[],
): Readonly<Record<string, PublicNames>> =>
  namesOfPackage(
    `${packages}${name}/`,
    fileURLToPath(new URL('../tsconfig.json', import.meta.url)),
    entries,
  )

function namesOfPackage<Entry extends string>(
  folder: string,
  config: string,
  entries: readonly Entry[],
): Readonly<Record<Entry, PublicNames>> {
  const api = new API({ cwd: folder })
  try {
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)
    if (project === undefined) throw new Error(`TypeScript opens no project ${config}.`)
    return Object.fromEntries(
      entries.map((entry) => [entry, namesOf(folder, entry, project)]),
    ) as Record<Entry, PublicNames>
  } finally {
    api.close()
  }
}

function namesOf(packageFolder: string, entry: string, project: Project): PublicNames {
  const { checker, program } = project
  const file = program.getSourceFile(`${packageFolder}src/${entry}.ts`)
  const module = file && checker.getSymbolAtLocation(file)
  if (module === undefined) throw new Error(`${entry}.ts exports nothing.`)
  // As the compiler writes it: in lower case where the file system ignores case.
  const folder = module.declarations[0]!.path.slice(0, -`${entry}.ts`.length)
  const members = new Members(checker, folder)
  const names = checker.getExportsOfModule(module).map((exported) => {
    const symbol =
      exported.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    const isType = (symbol.flags & valueFlags) === 0
    const declared = symbol.flags & typeFlags ? checker.getDeclaredTypeOfSymbol(symbol) : undefined
    if (declared !== undefined) members.visit(declared, 'result')
    const type = isType ? undefined : checker.getTypeOfSymbol(symbol)
    if (type !== undefined) members.visit(type, 'result')
    return publicName(checker, symbol, { name: exported.name, folder, isType, type, declared })
  })
  return { exports: names, members: [...members.found.values()] }
}

const valueFlags = SymbolFlags.Function | SymbolFlags.Class | SymbolFlags.BlockScopedVariable
const typeFlags = SymbolFlags.Class | SymbolFlags.Interface | SymbolFlags.TypeAlias

/** Where a type occurs: in what a caller passes, or in what a caller gets. */
type Place = 'argument' | 'result'

/** Collects the members of all types that others lead to, if the library declares them. */
class Members {
  readonly found: Map<string, PublicName> = new Map()
  readonly #visited = new Set<string>()
  readonly #checker: Checker
  readonly #folder: string

  constructor(checker: Checker, folder: string) {
    this.#checker = checker
    this.#folder = folder
  }

  visit(type: Type, place: Place): void {
    if (this.#visited.has(`${type.id} ${place}`)) return
    this.#visited.add(`${type.id} ${place}`)
    if (type.isUnionType() || type.isIntersectionType())
      for (const part of type.getTypes()) this.visit(part, place)
    if (!type.isObjectType() && !type.isIntersectionType()) return
    const checker = this.#checker
    if (type.isTypeReference()) {
      for (const part of checker.getTypeArguments(type)) this.visit(part, place)
      // A generic class whose methods return it with other arguments has types without end.
      const target = type.getTarget()
      if (target.id !== type.id) return this.visit(target, place)
    }
    for (const signature of checker.getSignaturesOfType(type, SignatureKind.Call)) {
      for (const parameter of signature.getParameters())
        this.#visitTypeOf(parameter, place === 'result' ? 'argument' : 'result')
      const result = checker.getReturnTypeOfSignature(signature)
      if (result !== undefined) this.visit(result, place)
    }
    for (const property of checker.getPropertiesOfType(type)) this.#add(property, place)
  }

  #visitTypeOf(symbol: NamedSymbol, place: Place): void {
    const type = this.#checker.getTypeOfSymbol(symbol)
    if (type !== undefined) this.visit(type, place)
  }

  #add(property: NamedSymbol, place: Place): void {
    const declaration = property.declarations[0]
    if (!declaration?.path.startsWith(this.#folder) || property.name.includes('#')) return
    const isOption = place === 'argument' && (property.flags & SymbolFlags.Optional) !== 0
    const key = `${declaration.path}:${declaration.index}`
    const type = this.#checker.getTypeOfSymbol(property)
    if (isOption || !this.found.has(key)) {
      const name = `${ownerOf(property)}${accessTo(property.name)}`
      this.found.set(
        key,
        publicName(this.#checker, property, {
          name,
          folder: this.#folder,
          isType: false,
          type,
          isOption,
        }),
      )
    }
    if (type !== undefined) this.visit(type, place)
  }
}

/** `.name`; `[Symbol.dispose]` for a symbol, whose name the compiler numbers. */
const accessTo = (name: string): string => {
  const symbol = /^__@(\w+)@\d+$/.exec(name)?.[1]
  return symbol === undefined ? `.${name}` : `[Symbol.${symbol}]`
}

/** The name of the declaration that a member belongs to. */
function ownerOf(property: NamedSymbol): string {
  let node = property.declarations[0]!.resolve()?.parent
  while (node !== undefined) {
    const { name } = node as { readonly name?: { readonly text?: string } }
    if (name?.text !== undefined) return name.text
    node = node.parent
  }
  return ''
}

interface Kind {
  readonly name: string
  /** The folder of the source. */
  readonly folder: string
  readonly isType: boolean
  readonly type: Type | undefined
  readonly isOption?: boolean
  /** What the name of a type stands for. */
  readonly declared?: Type | undefined
}

function publicName(
  checker: Checker,
  symbol: NamedSymbol,
  { name, folder, isType, type, isOption = false, declared }: Kind,
): PublicName {
  const signature = type && checker.getSignaturesOfType(type, SignatureKind.Call)[0]
  const result = signature && checker.getReturnTypeOfSignature(signature)
  return {
    ...{ name, isType, isOption, isCallable: signature !== undefined && !isOption },
    file: symbol.declarations[0]!.path.slice(folder.length),
    line: lineOf(symbol),
    type: type === undefined || signature !== undefined ? '' : typeText(checker, type, isOption),
    declaration: isType ? aliasText(symbol) : '',
    members:
      declared === undefined
        ? []
        : checker
            .getPropertiesOfType(declared)
            .filter(
              ({ name, declarations }) =>
                !name.includes('#') && declarations[0]?.path.startsWith(folder),
            )
            .map((property) => `${ownerOf(property)}${accessTo(property.name)}`),
    signature:
      signature === undefined || result === undefined
        ? ''
        : `(${parametersText(signature)}): ${resultText(checker, result)}`,
    documentation: symbol.getDocumentationComment(checker),
    examples: symbol
      .getJsDocTags(checker)
      .filter((tag) => tag.name === 'example')
      .map(({ text = '' }) => text.trim()),
  }
}

/** The syntax of a declaration, as far as it is shown. */
interface Declaration {
  readonly pos: number
  readonly end: number
  readonly kind: SyntaxKind
  readonly name?: { readonly end: number }
}

const sources = new Map<string, string>()
function sourceOf(path: string): string {
  const source = sources.get(path) ?? readFileSync(path, 'utf8')
  sources.set(path, source)
  return source
}

function lineOf(symbol: NamedSymbol): number {
  const declaration = symbol.declarations[0]!
  const node = declaration.resolve() as Declaration | undefined
  const before = sourceOf(declaration.path).slice(0, node?.name?.end ?? 0)
  return before.split('\n').length
}

/** The text of a declaration `type … = …` without its comments. */
function aliasText(symbol: NamedSymbol): string {
  const declaration = symbol.declarations[0]!
  const node = declaration.resolve() as Declaration | undefined
  if (node === undefined || node.kind !== SyntaxKind.TypeAliasDeclaration) return ''
  return sourceOf(declaration.path)
    .slice(node.pos, node.end)
    .replace(/\/\*[\s\S]*?\*\/\n?|^\s*export /g, '')
    .trim()
    .replace(/^export /, '')
}

const typeText = (checker: Checker, type: Type, isOption: boolean): string => {
  const text = checker.typeToString(type)
  return isOption ? text.replace(/ \| undefined$/, '') : text
}

/** The syntax of a parameter, as far as it is shown. */
interface Parameter {
  readonly dotDotDotToken?: unknown
  readonly questionToken?: unknown
  readonly initializer?: unknown
}

const parametersText = (signature: Signature): string =>
  signature
    .getParameters()
    .map((parameter) => {
      const node = parameter.declarations[0]?.resolve() as Parameter | undefined
      const isOptional = node?.questionToken !== undefined || node?.initializer !== undefined
      const rest = node?.dotDotDotToken === undefined ? '' : '...'
      // A parameter that is taken apart has no name: '__1'.
      const name = /^__\d+$/.test(parameter.name) ? '{ … }' : parameter.name
      return `${rest}${name}${isOptional ? '?' : ''}`
    })
    .join(', ')

/** An array whose type follows from the arguments is shown without it, as it is written. */
const resultText = (checker: Checker, result: Type): string =>
  checker.typeToString(result).replace(/NdArray<[A-Z](?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>/g, 'NdArray')
