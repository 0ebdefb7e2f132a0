/** The verb that looks page by page, for those who show what KMS answers as it is. */
import type { DescribePage } from '../aws/kms/describe-page.ts';
import type { Place } from '../aws/place.ts';
import { type ConnectionOptions, connect, logRequests } from './wiring/connection.ts';

export type { DescribePage } from '../aws/kms/describe-page.ts';

/** `turn`: asks for the pages that it wants. */
export async function describePages<T>(
  options: ConnectionOptions,
  turn: (describePage: DescribePage) => Promise<T>,
): Promise<{ readonly place: Place; readonly answer: T }> {
  const connection = await connect(options);
  const answer = await logRequests(
    connection,
    () => options.logger,
    () => turn(connection.describePage),
  );
  return { place: connection.place, answer };
}
