/**
 * Bugs that somebody might write, planted one at a time into a copy of the sources: the exploration must find each. A
 * mutation whose text is not there exactly once is stale, which is an error. To add one: append it here, run
 * `npm run explore -- --mutants --long --name "its name"`, and commit the seed that this writes into `mutant-seeds.json`.
 */
export interface Mutant {
  /** What the code does wrong; it names the mutant in `mutant-seeds.json` too. */
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'forgets that a write may have been sent already',
    file: 'src/hosts/local.ts',
    from: 'const rerun = isMutating ? pending === step :',
    to: 'const rerun = isMutating ? false :',
  },
  {
    name: 'trusts a read that is stale',
    file: 'src/domain/stale-reads.ts',
    from: 'return nowMs < (states[state] ?? 0);',
    to: 'return nowMs < 0 * (states[state] ?? 0);',
  },
  {
    name: 'connects again after a refused login',
    file: 'src/domain/logins.ts',
    from: 'const isAllowed = refusedWith === null && unknownBecause === undefined && count < loginLimit;',
    to: 'const isAllowed = unknownBecause === undefined && count < loginLimit;',
  },
  {
    name: 'goes on with the acceptance of a login that it has used up',
    file: 'machines/safe-update/actions.ts',
    from: 'accepted: isGrantSpent ? withoutLogin(accepted) : accepted',
    to: 'accepted',
  },
  {
    name: 'rolls back with the new values',
    file: 'src/domain/restorability.ts',
    from: 'const old = oldValue(name, before.settings);',
    to: 'const old = oldValue(name, applyChange(before.settings, sent));',
  },
  {
    name: 'forgets in a replay that a stop was requested',
    file: 'src/hosts/local.ts',
    from: 'atMs,\n    cancelRequested,\n  });',
    to: 'atMs,\n    cancelRequested: cancelRequested && false,\n  });',
  },
  {
    name: 'counts time by a clock that is set back',
    file: 'src/hosts/local.ts',
    from: 'const atMs = ms + aheadMs;',
    to: 'const atMs = ms;',
  },
  {
    name: 'does not look for a foreign hand',
    file: 'src/run/write.ts',
    from: "return typeof judged === 'object'",
    to: "return typeof judged === 'number'",
  },
  {
    name: 'connects a store that began DISCONNECTED',
    file: 'src/domain/policy.ts',
    from: "if (policy.intent === 'reconnect' || found === 'CONNECTED') return 'CONNECTED';",
    to: "if (policy.intent === 'reconnect' || found === 'CONNECTED' || changeConnects) return 'CONNECTED';",
  },
  {
    name: 'calls a store updated without looking',
    file: 'machines/safe-update/acting.ts',
    from: "{ guard: 'isVerified', target: 'confirmingSettings', actions: record }",
    to: "{ guard: 'isVerified', target: '#ending.updated', actions: record }",
  },
  {
    name: 'forgets corrections when it takes up',
    file: 'src/run/resume.ts',
    from: '{ ...change, ...state.send, ...correction }',
    to: '{ ...change, ...state.send }',
  },
  {
    name: 'takes a way back for a way forward',
    file: 'machines/safe-update/actions.ts',
    from: "return context.goal === 'back' ? {} : { goal: 'back', retries: 0 };",
    to: "return context.goal === 'back' ? {} : { retries: 0 };",
  },
  {
    name: 'ends where credentials expire',
    file: 'machines/safe-update/guards.ts',
    from: '&& (isPatient(context) || mayBeDone({ event }));',
    to: '&& isPatient(context) && mayBeDone({ event });',
  },
  {
    name: 'goes offline though nobody accepted an outage',
    file: 'machines/safe-update/guards.ts',
    from: "&& request.policy.mode !== 'live' && accepted.includes('outage') && isJudged;",
    to: "&& request.policy.mode !== 'live';",
  },
  {
    name: 'leaves a secret in what a failure says',
    file: 'src/domain/redaction.ts',
    from: 'return (text) => text.replace(pattern, placeholder);',
    to: "return (text) => (pattern.source === '' ? placeholder : text);",
  },
  {
    name: 'calls a lost answer a refusal',
    file: 'src/run/write.ts',
    from: "if (failure.class === 'unclear') {",
    to: "if (failure.class === 'throttled') {",
  },
  {
    name: 'calls a trial store gone without looking',
    file: 'src/run/delete-trial-store.ts',
    from: 'if (mayBeGone) return trialStore.awaitGone(customKeyStoreId);',
    to: 'if (mayBeGone) return null;',
  },
  {
    name: 'does not say that a trial store is left',
    file: 'src/run/delete-trial-store.ts',
    from: 'if (isFinal(deleted)) return left;',
    to: 'if (isFinal(deleted)) return null;',
  },
  {
    name: 'goes back to where nothing answers any more',
    file: 'machines/safe-update/guards.ts',
    from: "isWayBackDead: (args: Args) => hasFailedCheck(args) && stateIs('DISCONNECTED', 'FAILED')(args),",
    to: 'isWayBackDead: () => false,',
  },
  {
    name: 'acts before its window opens',
    file: 'machines/safe-update/guards.ts',
    from: 'isAhead(context.request.policy.window, event.output.atMs);',
    to: 'isAhead(context.request.policy.window, event.output.atMs) && false;',
  },
  {
    name: 'looks at the time only when it plans',
    file: 'machines/safe-update/guards.ts',
    from: '!hasWrittenBefore(context) && findLateness(context, event) !== undefined',
    to: '!hasWrittenBefore(context) && findLateness(context, event) === null',
  },
  {
    name: "leaves its dead man's switch behind",
    file: 'machines/safe-update/guards.ts',
    from: 'context.armed !== null && !deadMansSwitch.isSwitchNeeded(context)',
    to: 'context.armed !== null && deadMansSwitch.isSwitchNeeded(context)',
  },
  {
    name: 'tells KMS another password under an armed switch',
    file: 'machines/safe-update/switch.ts',
    from: 'if (armed === null || isSwitchStuck || observed === null || plan === null) return false;',
    to: 'if (armed === null || observed === null || plan === null || !isSwitchStuck) return false;',
  },
  {
    name: 'believes after a minute that no read is stale',
    file: 'src/domain/stale-reads.ts',
    from: 'export const graceMs = 5 * 60_000;',
    to: 'export const graceMs = 60_000;',
  },
  {
    name: 'believes a CONNECTED that may predate its own call',
    file: 'src/domain/verdict.ts',
    from: 'return isAnswer && !isExplained && mayBeStale(stale, state, nowMs) ?',
    to: 'return isAnswer && isExplained && mayBeStale(stale, state, nowMs) ?',
  },
  {
    name: 'takes a mixture of old and new values for an external change',
    file: 'src/domain/stale-reads.ts',
    from: 'const known = [...inForce, ...past];',
    to: 'const known = past.length === 0 ? inForce : [past[0] ?? {}];',
  },
  {
    name: 'compares host names with case',
    file: 'src/domain/key-store.ts',
    from: 'return describeProperty(name).isHostName ? one.toLowerCase() === other.toLowerCase() : one === other;',
    to: 'return one === other;',
  },
  {
    name: 'awaits an answer that stalls after its headers',
    file: 'src/aws/kms/client.ts',
    from: 'const limitMs = findLimitMs(readTimeoutMs, isMutation ? timeoutsMs.mutation : timeoutsMs.read);',
    to: 'const limitMs = 2_000_000_000;',
  },
  {
    name: 'awaits credentials that never come',
    file: 'src/aws/kms/client.ts',
    from: '    await resolveCredentials(client, {\n      stop,\n      ...(credentialsLimitMs === undefined ? {} : { limitMs: credentialsLimitMs }),\n    });\n',
    to: '    await (client.config.credentials as () => Promise<unknown>)();\n',
  },
  {
    name: 'hands what a request holds to a listener',
    file: 'src/aws/kms/logged-send.ts',
    from: 'input: redactInput(input),',
    to: 'input,',
  },
  {
    name: 'takes what was typed before its question for an answer',
    file: 'src/cli/terminal/keyboard.ts',
    from: '  await discardTyped(stdin, left.signal, leave);\n',
    to: '',
  },
  {
    name: 'awaits a store that was deleted',
    file: 'machines/safe-update/machine.ts',
    from: "{ guard: 'isGone', target: '#ending.stranded', actions: explain },",
    to: '',
  },
  {
    name: 'calls keys verified that do not decrypt',
    file: 'src/key-verification/try-canaries.ts',
    from: 'passed: passed.length,',
    to: 'passed: keyIds.length - lost.length,',
  },
  {
    name: 'takes keys that are lost for keys without an answer',
    file: 'src/key-verification/canary.ts',
    from: 'kind: judgeKeyFailure(opened.failure), failure',
    to: "kind: judgeKeyFailure(opened.failure) === 'lost' ? 'passed' : 'unknown', failure",
  },
  {
    name: 'ends well with keys that do not work',
    file: 'src/domain/key-verification.ts',
    from: " || keyTest?.status === 'failing'",
    to: '',
  },
  {
    name: 'goes on with keys that are others',
    file: 'machines/safe-update/guards.ts',
    from: "value.kind === 'verified' && hasFailedKeys(output.value)",
    to: "value.kind === 'verified' && output.value.keyVerification.status === 'early'",
  },
  {
    name: 'leaves a secret in the name of an error',
    file: 'src/aws/classify.ts',
    from: 'return Object.hasOwn(errors, name) ? name : hide(name);',
    to: 'return hide === undefined ? hide : name;',
  },
  {
    name: 'hides only the secrets of the call itself',
    file: 'src/aws/known-secrets.ts',
    from: 'return hide(others.length === 0 ? text : createHider(others)(text));',
    to: 'return hide === undefined ? text : createHider(also)(text);',
  },
  {
    name: 'hides a secret in one of its forms only',
    file: 'src/domain/redaction.ts',
    from: 'const forms = [...new Set([...secrets].flatMap(listForms))]',
    to: 'const forms = [...new Set([...secrets].flatMap((secret) => listForms(secret).slice(0, 1)))]',
  },
  {
    name: 'gives up after the first answer that decides nothing',
    file: 'src/run/write.ts',
    from: 'if (!question.isPatient && !mayBeDone) {',
    to: 'if (!mayBeDone) {',
  },
  {
    name: 'tries again without a pause',
    file: 'src/domain/tries.ts',
    from: 'Math.min(firstPauseMs * 2 ** (inARow - 1), longestPauseMs)',
    to: 'Math.min(firstPauseMs * 0 ** inARow, longestPauseMs)',
  },
  {
    name: 'counts a Connect that KMS refused as a login',
    file: 'src/run/writes.ts',
    from: 'else if (hasNoEffect(reply.failure)) {',
    to: 'else if (hasNoEffect(reply.failure) && clusterId === undefined) {',
  },
  {
    name: 'disarms the switch on a stale read',
    file: 'machines/safe-update/switch.ts',
    from: 'return isOffline || mayBeStale(stale, connectionState, nowMs);',
    to: 'return isOffline && mayBeStale(stale, connectionState, nowMs) !== null;',
  },
  {
    name: 'ends a wait by an observation from before its limit',
    file: 'src/run/settle.ts',
    from: "if (isCutOff)\n      return { done: { kind: 'cutOff', tally",
    to: "if (isCutOff)\n      return { done: { kind: nowMs >= expected.deadlineAtMs ? 'overdue' : 'cutOff', tally",
  },
  {
    name: 'strands a store whose rollback was refused once',
    file: 'src/run/writes.ts',
    from: 'mayPass: (failure) => question.isRollback && explainError',
    to: 'mayPass: (failure) => !question.isRollback && explainError',
  },
  {
    name: 'takes a canary that works for one that was unavailable before',
    file: 'machines/safe-update/inputs.ts',
    from: 'countsFromMs: keysFailedAtMs === null ? graceUntilMs(offlineSinceMs) : 0,',
    to: 'countsFromMs: keysFailedAtMs === null ? 0 * graceUntilMs(offlineSinceMs) : 0,',
  },
  {
    name: 'begins an outage that was not judged as one',
    file: 'machines/safe-update/guards.ts',
    from: "accepted.includes('outage') && isJudged;",
    to: "accepted.includes('outage') && (isJudged || goal === 'forward');",
  },
  {
    name: 'goes on after a stop',
    file: 'machines/safe-update/guards.ts',
    from: "mustRollBack: ({ context }: Args) => context.stopRequested && context.update === 'none',",
    to: "mustRollBack: ({ context }: Args) => context.stopRequested && context.update === 'restored',",
  },
  {
    name: 'begins a rollback anew after each suspension',
    file: 'machines/safe-update/actions.ts',
    from: "return context.goal === 'back' ? {} : { goal: 'back', retries: 0 };",
    to: "return context.goal === null ? {} : { goal: 'back', retries: 0 };",
  },
  {
    name: 'disconnects once more what the switch has connected as wanted',
    file: 'machines/safe-update/guards.ts',
    from: '(isConnectedBySwitch(args) || isConnectedAsLeft(args)) &&\n    wantsConnection(args) &&',
    to: 'isConnectedAsLeft(args) &&\n    wantsConnection(args) &&',
  },
  {
    name: 'begins each wait anew after a suspension',
    file: 'machines/safe-update/inputs.ts',
    from: 'deadlineAtMs: sinceMs + withinMs,',
    to: 'deadlineAtMs: Math.max(sinceMs, context.nowMs) + withinMs,',
  },
  {
    name: 'tries the keys of a store that ends DISCONNECTED',
    file: 'machines/safe-update/machine.ts',
    from: "{ guard: 'isLeftOffline', target: '#confirmingSettings' },",
    to: '',
  },
  {
    name: 'takes a page of a proxy for a rejection',
    file: 'src/domain/common-errors.ts',
    from: 'SyntaxError: conditions.unreadableAnswer,',
    to: '',
  },
  {
    name: 'forgets at a resume that a stop has turned the run back',
    file: 'src/run/fold-answer.ts',
    from: "if (!mustRollBack || state.goal === 'back') return state;",
    to: "if (!mustRollBack || state.goal !== 'back') return state;",
  },
  {
    name: 'knows no switch that has fired in vain',
    file: 'machines/safe-update/switch.ts',
    from: "['CONNECTING', 'CONNECTED'] : ['CONNECTING', 'CONNECTED', 'FAILED'];",
    to: "['CONNECTING', 'CONNECTED'] : ['CONNECTING', 'CONNECTED'];",
  },
  {
    name: 'takes a connect from before the Disconnect for an external change',
    file: 'src/domain/stale-reads.ts',
    from: 'awaited && isTransient(awaited) ? [...left, awaited] : left',
    to: 'awaited && isTransient(awaited) ? left : left',
  },
  {
    name: 'takes what is older than a hold for the doing of the operator',
    file: 'src/run/hold.ts',
    from: 'if (isStill || !mayBeStale(',
    to: 'if (isStill || connectionState || !mayBeStale(',
  },
  {
    name: 'takes a state from before the outage for the result of its call',
    file: 'src/run/writes.ts',
    from: 'stateIs(...states)(store) && !mayBeStale(extendStaleReads(run, stale), store.connectionState, run.clock.now());',
    to: 'stateIs(...states)(store) || mayBeStale(extendStaleReads(run, stale), store.connectionState, 0) === null;',
  },
  {
    name: 'lets a grace end while the clock is set forward',
    file: 'src/hosts/local.ts',
    from: 'if (byMs > jumpMs) jumps.push({ atMs, byMs });',
    to: 'if (byMs > jumpMs) jumps.length = 0;',
  },
];
