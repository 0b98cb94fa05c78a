import type { DoctorResult } from '../../result/doctor-result.js'
import { jsonView, type ShownResult, type Views } from '../views.js'
import { renderDoctorText } from './text.js'

export const DOCTOR_VIEWS: Views<ShownResult<DoctorResult>> = {
  text: { render: ({ result }, options) => renderDoctorText(result, options) },
  json: jsonView,
}
