/** Where each command is. It is loaded only when it is run. */
import type { RunCommand } from './commands.ts';
import type { CommandName } from './options/options.ts';

export const loadCommand: Readonly<Record<CommandName, () => Promise<RunCommand>>> = {
  plan: async () => (await import('./commands/plan.ts')).run,
  apply: async () => (await import('./commands/apply.ts')).run,
  update: async () => (await import('./commands/update.ts')).update,
  reconnect: async () => (await import('./commands/update.ts')).reconnect,
  rollback: async () => (await import('./commands/resume.ts')).rollBack,
  describe: async () => (await import('./commands/describe.ts')).run,
  doctor: async () => (await import('./commands/doctor.ts')).run,
  impact: async () => (await import('./commands/impact.ts')).run,
  check: async () => (await import('./commands/check.ts')).run,
  'canary create': async () => (await import('./commands/canary.ts')).createCanaries,
  'canary check': async () => (await import('./commands/canary.ts')).checkCanaries,
  'canary key create': async () => (await import('./commands/canary-key.ts')).run,
  resume: async () => (await import('./commands/resume.ts')).resume,
  stop: async () => (await import('./commands/stop.ts')).run,
  'runs list': async () => (await import('./commands/runs.ts')).list,
  'runs show': async () => (await import('./commands/runs.ts')).show,
  'runs report': async () => (await import('./commands/runs.ts')).report,
  'runs check': async () => (await import('./commands/runs.ts')).check,
  'runs prune': async () => (await import('./commands/runs.ts')).prune,
  'update-custom-key-store': async () => (await import('./aws/carry-out-call.ts')).update,
  'describe-custom-key-stores': async () => (await import('./aws/describe.ts')).describe,
  'connect-custom-key-store': async () => (await import('./aws/move.ts')).connect,
  'disconnect-custom-key-store': async () => (await import('./aws/move.ts')).disconnect,
  simulator: async () => (await import('./commands/simulator.ts')).run,
  demo: async () => (await import('./commands/demo.ts')).run,
  'iam-policy': async () => (await import('./commands/iam-policy.ts')).run,
  completion: async () => (await import('./commands/completion.ts')).run,
  help: async () => (await import('./commands/help.ts')).run,
};
