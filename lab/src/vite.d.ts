/** What the build tool puts into a page. */
interface ImportMeta {
  readonly env: { readonly PROD: boolean }
}

/** The address of a file of the build. */
declare module '*?url' {
  const address: string
  export default address
}

/** A style sheet that is loaded with its module. */
declare module '*.css'
