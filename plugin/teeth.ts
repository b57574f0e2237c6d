/** ADA/Universal number 1–32, as the manifest writes it [V]. */
export type AdaTooth = number & { readonly brand: 'AdaTooth' }

/** FDI two-digit number: quadrant 1–4, position 1–8. */
export type FdiTooth = number & { readonly brand: 'FdiTooth' }

export type Jaw = 'upper' | 'lower'
