/**
 * A hook that posts to an admin endpoint of the proxy, as JSON: `{"action":"establish","AccessKeyId","RawSecretAccessKey"}`
 * and `{"action":"retire","AccessKeyId"}`, beside the store's id, endpoint and path. Any 2xx is taken for done.
 */
import type { ProxyCredentials, ProxyTerms } from '../../ports/proxy-credentials.ts';

export interface HttpProxyCredentialsOptions {
  /** `https://`, or `http://` to this machine alone. */
  readonly url: string;
  /**
   * Returns headers, such as a token. Called before each request; they appear in no log.
   *
   * @default none
   * @example async () => ({ authorization: `Bearer ${await fetchToken()}` })
   */
  readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /**
   * The longest wait for one answer, in milliseconds.
   *
   * @default 10_000
   */
  readonly timeoutMs?: number;
  /**
   * How often a request is sent if the endpoint cannot be reached or is busy (429, 5xx).
   *
   * @default 3
   */
  readonly attempts?: number;
  /**
   * The pause between two of these, in milliseconds.
   *
   * @default 1_000
   */
  readonly pauseMs?: number;
}

/** @throws {TypeError} if a secret must not be sent to the URL. */
export function createHttpProxyCredentials(options: HttpProxyCredentialsOptions): ProxyCredentials {
  const { headers = () => ({}), timeoutMs = 10_000, attempts = 3, pauseMs = 1_000 } = options;
  const url = readUrl(options.url);

  async function post(body: object, { customKeyStoreId, endpoint, path, signal }: ProxyTerms): Promise<void> {
    const text = JSON.stringify({ ...body, customKeyStoreId, endpoint, path });
    const { postJson } = await import('../../aws/post-json.ts');
    const limits = { limitMs: timeoutMs, retries: attempts - 1, pauseMs };
    await postJson(url, text, { name: url.host, headers: await headers(), signal, ...limits });
  }

  return {
    establish: ({ AccessKeyId, RawSecretAccessKey }, terms) =>
      post({ action: 'establish', AccessKeyId, RawSecretAccessKey }, terms),
    retire: ({ AccessKeyId }, terms) => post({ action: 'retire', AccessKeyId }, terms),
  };
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isHere = url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isHere)) return url;
  throw new TypeError('the url of the admin endpoint begins with https://');
}
