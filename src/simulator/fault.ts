/** What the simulator answers when it says no. The message never holds a sensitive value. */

export type FaultSide = 'client' | 'server';

/** A fault to answer with: a bare name takes its usual message, status and side. */
export interface FaultDescription {
  readonly name: string;
  readonly message?: string;
  readonly statusCode?: number;
  readonly fault?: FaultSide;
}

/** Names that are no 400 of the client. The model only says `fault` for the first two; the rest are AWS's common errors. */
const statusCodes: Readonly<Record<string, number>> = {
  KMSInternalException: 500,
  DependencyTimeoutException: 503,
  KeyUnavailableException: 500,
  InternalFailure: 500,
  InternalServerError: 500,
  InternalServiceError: 500,
  ServiceUnavailable: 503,
  ServiceUnavailableException: 503,
  RequestEntityTooLarge: 413,
};

const messages: Readonly<Record<string, string>> = {
  ThrottlingException: 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
  KMSInternalException: 'An internal error occurred.',
  AccessDeniedException: 'The caller is not authorized to perform this operation.',
  ExpiredTokenException: 'The security token included in the request is expired',
  UnrecognizedClientException: 'The security token included in the request is invalid.',
};

/** The name of a reply that never arrives: adapters turn it into a network error of their own kind. */
export const lostReply = 'ConnectionReset';

/** The name of a reply that never comes while the connection stays open. */
export const hungReply = 'NoAnswer';

/** No answer at all, so that nothing is known of the call. */
function isSilence(name: string): boolean {
  return name === lostReply || name === hungReply;
}

/** An error answer of the service, as it would travel over the wire. */
export class SimulatorFault extends Error {
  readonly statusCode: number;
  readonly fault: FaultSide;

  constructor(description: FaultDescription) {
    super(description.message ?? messages[description.name] ?? `${description.name} (simulated)`);
    this.name = description.name;
    this.statusCode = description.statusCode ?? statusCodes[description.name] ?? 400;
    this.fault = description.fault ?? (isSilence(description.name) || this.statusCode >= 500 ? 'server' : 'client');
  }
}

/** Refuses a call. */
export function refuse(name: string, message: string): never {
  throw new SimulatorFault({ name, message });
}

/** Refuses values that do not fit each other or the store; the name that KMS uses for these is not documented. */
export function refuseValues(message: string): never {
  return refuse('ValidationException', message);
}
