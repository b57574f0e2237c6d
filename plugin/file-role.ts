import type { FdiTooth, Jaw } from './teeth.ts'

/** What a file of the package is: itero tells it, casefile names the file after it. */
export type FileRole =
  | { readonly kind: 'jaw'; readonly jaw: Jaw }
  | { readonly kind: 'pre-treatment'; readonly jaw: Jaw }
  | { readonly kind: 'scan-body'; readonly jaw: Jaw }
  | { readonly kind: 'gingiva'; readonly jaw: Jaw }
  | { readonly kind: 'denture-copy'; readonly jaw: Jaw }
  | { readonly kind: 'bite' }
  | { readonly kind: 'both-jaws' }
  | { readonly kind: 'margin'; readonly fdi: FdiTooth }
  | { readonly kind: 'texture' }
  | { readonly kind: 'image' }
  | { readonly kind: 'rx-sheet' }
  | { readonly kind: 'manifest'; readonly version: number }
  | { readonly kind: 'other' }
