/** Names with their values; what has no value is left out. */
export const Facts = ({ facts }: { readonly facts: readonly (readonly [string, string | null])[] }) => (
  <dl class="fact-list">
    {facts
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => (
        <div key={`${name} ${value}`}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
)
