/** Why what was just tried did not work, said at once to who hears the page; nothing where it did. */
export const Fault = ({ text }: { readonly text: string | null }) =>
  text === null ? null : (
    <p class="fault" role="alert">
      {text}
    </p>
  )
