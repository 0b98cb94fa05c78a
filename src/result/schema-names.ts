// The names and versions of the schemas of results, apart from the schemas themselves, which take long to load: what makes a
// result needs no more.
export const ATTACH_SCHEMA = 'rpbench/attach@1'
export const ATTACH_INTERVAL_SCHEMA = 'rpbench/attach-interval@1'
export const CHURN_SCHEMA = 'rpbench/churn@1'
export const COMPARE_SCHEMA = 'rpbench/compare@1'
export const DOCTOR_SCHEMA = 'rpbench/doctor@1'
export const INTERVAL_SCHEMA = 'rpbench/interval@1'
export const LIST_SCHEMA = 'rpbench/list@1'
export const PREDICT_SCHEMA = 'rpbench/predict@1'
export const REPEAT_SCHEMA = 'rpbench/repeat@1'
export const RUN_SCHEMA = 'rpbench/run@1'
export const SWEEP_SCHEMA = 'rpbench/sweep@1'
export const VERIFY_SCHEMA = 'rpbench/verify@1'
