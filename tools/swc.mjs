/** How TypeScript becomes JavaScript wherever it runs as it lies in the clone: by Jest and by tools/typescript.mjs. */
export const swcOptions = {
  jsc: {
    parser: { syntax: 'typescript', tsx: true, decorators: true },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      useDefineForClassFields: false,
      react: { runtime: 'automatic', importSource: 'preact' },
    },
    target: 'esnext',
    keepClassNames: true,
    // `with { type: 'json' }` is what Node asks for.
    experimental: { keepImportAttributes: true },
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};
