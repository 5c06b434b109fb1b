/** What the build tool puts into a page. */
interface ImportMeta {
  readonly env: { readonly PROD: boolean }
}

/** The address of a file of the build. */
declare module '*?url' {
  const address: string
  export default address
}
