/** What the build tool puts into a page. */
interface ImportMeta {
  readonly env: { readonly PROD: boolean }
}
