/** One case, opened from the list. */
export const CasePage = ({ id }: { readonly id: number }) => <div class="page">{id}</div>
