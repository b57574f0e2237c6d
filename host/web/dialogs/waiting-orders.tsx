import type { Question } from '../../api.ts'
import { inArchOrder } from '../../arch-order.ts'
import { say } from '../words/say.ts'

/** How many cases wait for the answer, and which. */
export const WaitingOrders = ({ question }: { readonly question: Question }) => (
  <section class="question-orders">
    <strong>{say('cases-wait', { count: question.waitingCount })}</strong>
    <ul tabIndex={question.waiting.length > 4 ? 0 : undefined}>
      {question.waiting.map((each) => (
        <li key={each.revision}>
          {say('waiting-order', {
            order: each.orderCode ?? each.orderId,
            teeth: inArchOrder(each.teeth.length > 0 ? each.teeth : each.summary.teeth).join(', ') || '–',
            patient: each.summary.patient,
          })}
        </li>
      ))}
      {question.waitingCount > question.waiting.length && (
        <li>{say('waiting-more', { count: question.waitingCount - question.waiting.length })}</li>
      )}
    </ul>
  </section>
)
