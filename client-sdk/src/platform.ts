/// <reference lib="esnext.disposable" preserve="true" />

/**
 * What the types of this package take from the platform. A project has these names from the library "DOM" or from
 * `@types/node`; then the empty interfaces here add nothing to them. In a project with neither, they keep the package's
 * types free of errors.
 */
declare global {
  interface AbortSignal {}
  interface ReadableStream<R> {}
  interface URL {}
}

export {};
