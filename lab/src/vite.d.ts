/** What the build tool puts into a page. */
interface ImportMeta {
  readonly env: { readonly PROD: boolean }
}

/** The address of a file of the build. */
declare module '*?url' {
  const address: string
  export default address
}

/** A file as text. */
declare module '*?raw' {
  const text: string
  export default text
}

/** A style sheet that is loaded with its module. */
declare module '*.css'
