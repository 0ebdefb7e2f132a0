// The call as a runbook has it: do it, and have an answer to each way in which it may end. Here the password of kmsuser is
// renewed, which takes an outage; on a schedule add `window` and `outageBudgetMs`, and `lockTable` where others run it too.
import { InvalidInputError, reconnectStore, UnfinishedRunError } from 'cks-safe-update';
import { trialConnect } from './support.mjs';

const answers = {
  updated: 'nothing to do',
  unchanged: 'nothing to do',
  refused: 'nothing was changed; mend what it names, then try again',
  cancelled: 'nothing was changed; start it again when it suits',
  rolledBack: 'the store works with its old settings; mend what it names, then try again',
  unsettled: 'page: KMS is still at it; go on with cks resume',
  stranded: 'page: the store needs a person, and the result says what is left to do',
};

async function renewPassword(request) {
  try {
    const { outcome, reason, nextCommands = [] } = await reconnectStore({ ...request, accept: ['outage'] });
    return [outcome, reason?.message, answers[outcome], ...nextCommands].filter(Boolean);
  } catch (error) {
    if (error instanceof InvalidInputError) return ['wrong input', error.message];
    if (error instanceof UnfinishedRunError) return ['page: it broke off', error.message, `cks resume ${error.runId}`];
    throw error;
  }
}

await trialConnect(async (simulator, connection) => {
  const customKeyStoreId = simulator.addStore({ CustomKeyStoreName: 'ledger-hsm', ConnectionState: 'CONNECTED' });
  console.log((await renewPassword({ ...connection, customKeyStoreId: 'nowhere' })).join('; '));
  console.log((await renewPassword({ ...connection, customKeyStoreId })).join('; '));
});
