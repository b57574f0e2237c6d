import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Question, QuestionAnswer } from '../../api.ts'
import { answerQuestion } from '../api.ts'
import { questions, refreshQuestions } from '../live.ts'
import { toast } from '../toasts.tsx'
import { say } from '../words/say.ts'
import { DoctorDialog } from './doctor-dialog.tsx'
import { MaterialDialog } from './material-dialog.tsx'
import { closeAnswered, closeDialog, putOffQuestion } from './open.ts'
import { whyNoAnswer } from './why-not.ts'

/** The dialog of an open question; it closes when the question is answered elsewhere. */
export function QuestionDialog({ id }: { readonly id: number }) {
  const question = questions.value.find((each) => each.id === id)
  const shown = useRef<Question | null>(null)
  const fault = useSignal<string | null>(null)
  const namesake = useSignal<string | null>(null)
  const busy = useSignal(false)
  shown.current = question ?? shown.current

  useEffect(() => {
    if (question === undefined && !busy.peek()) {
      if (shown.current !== null) toast(whyNoAnswer() ?? say('question-closed-elsewhere'))
      closeDialog()
    }
  }, [question])

  const answer = async (given: QuestionAnswer): Promise<void> => {
    busy.value = true
    const result = await answerQuestion(id, given)
    if (result.ok) {
      const { released } = result.value
      const count = shown.current?.waitingCount ?? 1
      toast(released === 0 ? say('answered-none', { count }) : say('answered', { count: released }))
      await refreshQuestions()
      closeAnswered(id)
      return
    }
    busy.value = false
    const named = result.failure.code === 'client-name-taken'
    namesake.value = named ? result.failure.text : null
    fault.value = named ? null : result.failure.text
    if (result.failure.code === 'question-closed' || result.failure.code === 'question-unknown') {
      toast(result.failure.text, 'bad')
      closeDialog()
      void refreshQuestions()
    }
  }
  const common = {
    fault: fault.value,
    busy: busy.value,
    onAnswer: (given: QuestionAnswer) => void answer(given),
    onPutOff: () => putOffQuestion(id),
  }
  const current = shown.current
  if (current === null) return null
  return current.kind === 'doctor' ? (
    <DoctorDialog {...common} namesake={namesake.value} question={current} />
  ) : (
    <MaterialDialog {...common} question={current} />
  )
}
