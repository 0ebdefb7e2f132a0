/** The one answer of STS that the tools around KMS ask for: GetCallerIdentity, in the query protocol. */

export interface CallerIdentity {
  readonly accountId: string;
  readonly caller: string;
  readonly requestId: string;
}

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

export function answerCallerIdentity({ accountId, caller, requestId }: CallerIdentity): string {
  const result = [
    `<Arn>arn:aws:iam::${accountId}:user/${caller}</Arn>`,
    `<UserId>${caller}</UserId>`,
    `<Account>${accountId}</Account>`,
  ].join('');
  return `<GetCallerIdentityResponse xmlns="${namespace}"><GetCallerIdentityResult>${result}</GetCallerIdentityResult>${metadata(requestId)}</GetCallerIdentityResponse>`;
}

export function answerStsError(code: string, message: string, requestId: string): string {
  return `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>${metadata(requestId)}</ErrorResponse>`;
}

function metadata(requestId: string): string {
  return `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
}
