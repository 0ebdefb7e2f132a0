import { describe, expect, test } from 'vitest';
import type { ConnectionState, Interpretations } from '../../src/simulator/index.ts';
import { defaultInterpretations, interpretations } from '../../src/simulator/index.ts';
import { credential, serviceName, setStage } from './stage.ts';

const refusal = 'CustomKeyStoreInvalidStateException';
const endpoint = 'https://public.example.com';
const privateEndpoint = 'https://private.example.com';
const vpcStore = {
  XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
  XksProxyUriEndpoint: privateEndpoint,
  XksProxyVpcEndpointServiceName: serviceName,
};

test('the first value of each reading is the default', () => {
  expect(defaultInterpretations).toEqual(
    Object.fromEntries(Object.entries(interpretations).map(([name, { values }]) => [name, values[0]])),
  );
});

describe('an update while FAILED', () => {
  const changes = {
    name: { NewCustomKeyStoreName: 'renamed' },
    credential: { XksProxyAuthenticationCredential: credential },
    endpoint: { XksProxyUriEndpoint: endpoint },
  };

  test.each<[Interpretations['updateWhileFailed'], string[]]>([
    ['refused', []],
    ['accepted', ['name', 'credential', 'endpoint']],
    ['acceptedForLive', ['name', 'credential']],
  ])('is %s: %s', (updateWhileFailed, accepted) => {
    const answers = Object.entries(changes).filter(([, values]) => {
      const stage = setStage({ interpretations: { updateWhileFailed } });
      const id = stage.addExternal({ ConnectionState: 'FAILED' });
      const answer = stage.update(id, values);
      expect(['ok', refusal]).toContain(answer);
      expect(stage.simulator.store(id).ConnectionState).toBe('FAILED');
      return answer === 'ok';
    });

    expect(answers.map(([name]) => name)).toEqual(accepted);
  });
});

describe('a connect of a store that has been connected', () => {
  const passwordAfter = (connectAgain: Interpretations['connectAgain'], ConnectionState: ConnectionState) => {
    const stage = setStage({ interpretations: { connectAgain } });
    const id = stage.simulator.addStore({ CloudHsmClusterId: stage.clusters.first, ConnectionState });
    const password = () => stage.simulator.cluster(stage.clusters.first).kmsuser.password;
    const before = password();
    const answer = stage.connect(id);
    expect(stage.simulator.store(id).ConnectionState).toBe(ConnectionState);
    return { answer, isRotated: password() !== before };
  };

  test.each<[Interpretations['connectAgain'], ConnectionState, string, boolean]>([
    ['refused', 'CONNECTED', refusal, false],
    ['refused', 'CONNECTING', refusal, false],
    ['accepted', 'CONNECTED', 'ok', false],
    ['accepted', 'CONNECTING', 'ok', false],
    ['rotating', 'CONNECTED', 'ok', true],
    ['rotating', 'CONNECTING', 'ok', false],
    ['accepted', 'FAILED', refusal, false],
    ['rotating', 'DISCONNECTING', refusal, false],
  ])('%s: %s', (reading, state, answer, isRotated) => {
    expect(passwordAfter(reading, state)).toEqual({ answer, isRotated });
  });

  test('rotates to a password that the next connect knows', () => {
    const stage = setStage({ interpretations: { connectAgain: 'rotating' } });
    const id = stage.simulator.addStore({ ConnectionState: 'CONNECTED' });
    stage.connect(id);
    stage.disconnectAndWait(id);

    expect(stage.connectAndWait(id)).toBe('CONNECTED');
  });
});

describe('a store that goes public', () => {
  const toPublic = { XksProxyConnectivity: 'PUBLIC_ENDPOINT', XksProxyUriEndpoint: endpoint };

  test.each<[Interpretations['emptyServiceName'], string[]]>([
    ['accepted', ['empty', 'null', 'omitted']],
    ['required', ['empty', 'null']],
    ['rejected', ['null', 'omitted']],
    ['omitted', ['omitted']],
  ])('has its service name %s: it may be %s', (emptyServiceName, accepted) => {
    const kinds: [string, object][] = [
      ['empty', { XksProxyVpcEndpointServiceName: '' }],
      ['null', { XksProxyVpcEndpointServiceName: null }],
      ['omitted', {}],
    ];
    const answers = kinds.filter(([, name]) => {
      const stage = setStage({ interpretations: { emptyServiceName } });
      const answer = stage.update(stage.addExternal(vpcStore), { ...toPublic, ...name });
      expect(['ok', 'ValidationException']).toContain(answer);
      return answer === 'ok';
    });

    expect(answers.map(([kind]) => kind)).toEqual(accepted);
  });

  test('needs no service name to change something else afterwards', () => {
    const stage = setStage({ interpretations: { emptyServiceName: 'required' } });
    const id = stage.addExternal({ XksProxyUriEndpoint: endpoint });

    expect(stage.update(id, { XksProxyConnectivity: 'PUBLIC_ENDPOINT', NewCustomKeyStoreName: 'renamed' })).toBe('ok');
  });
});

describe('values that do not fit a store in the wrong state', () => {
  test.each<[Interpretations['updateOrder'], string]>([
    ['stateFirst', refusal],
    ['valuesFirst', 'ValidationException'],
  ])('%s: %s', (updateOrder, answer) => {
    const stage = setStage({ interpretations: { updateOrder } });
    const id = stage.simulator.addStore({ ConnectionState: 'CONNECTED' });

    expect(stage.update(id, { XksProxyUriPath: '/kms/xks/v1' })).toBe(answer);
    expect(stage.update(id, { KeyStorePassword: 'short' })).toBe('ValidationException');
  });
});

describe('a store that returns to a cluster that it had left', () => {
  function goAndReturn(kmsuserPassword: Interpretations['kmsuserPassword'], told: object = {}) {
    const stage = setStage({ interpretations: { kmsuserPassword } });
    const { first, restored } = stage.clusters;
    const id = stage.simulator.addStore({ CloudHsmClusterId: first });
    const connect = () => {
      const end = stage.connectAndWait(id);
      stage.disconnectAndWait(id);
      return end;
    };
    const ends = [connect()];
    stage.update(id, { CloudHsmClusterId: restored });
    ends.push(connect());
    stage.update(id, { CloudHsmClusterId: first, ...told });
    return [...ends, connect()];
  }

  test.each<[Interpretations['kmsuserPassword'], string]>([
    ['perStore', 'INVALID_CREDENTIALS'],
    ['perCluster', 'CONNECTED'],
  ])('has its kmsuser password %s: %s', (reading, end) => {
    expect(goAndReturn(reading)).toEqual(['CONNECTED', 'CONNECTED', end]);
  });

  test('believes what it is told before what it remembers', () => {
    expect(goAndReturn('perCluster', { KeyStorePassword: 'Wrong1234' }).at(-1)).toBe('INVALID_CREDENTIALS');
  });
});

describe('the proxy of an update', () => {
  test.each<[Interpretations['vpcProxyAsked'], string]>([
    ['whileConnected', 'ok'],
    ['always', 'XksProxyUriUnreachableException'],
  ])('is asked %s behind a VPC endpoint service: %s', (vpcProxyAsked, answer) => {
    const stage = setStage({ interpretations: { vpcProxyAsked } });
    const id = stage.addExternal(vpcStore);
    stage.simulator.proxy(privateEndpoint).reachable = false;

    expect(stage.update(id, { NewCustomKeyStoreName: 'renamed' })).toBe(answer);
  });

  test.each(interpretations.tlsFailure.values)(
    'the proxy of an update that fails at TLS makes KMS say %s',
    (tlsFailure) => {
      const stage = setStage({ interpretations: { tlsFailure } });
      const id = stage.addExternal({ XksProxyUriEndpoint: endpoint });
      stage.simulator.proxy(endpoint).tlsValid = false;

      expect(stage.update(id, { NewCustomKeyStoreName: 'renamed' })).toBe(tlsFailure);
      expect(stage.connectAndWait(id)).toBe('XKS_PROXY_INVALID_TLS_CONFIGURATION');
    },
  );
});
