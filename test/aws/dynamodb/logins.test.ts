import { describe, expect, it } from 'vitest';
import { createTableLogins } from '../../../src/aws/dynamodb/logins.ts';
import { createLogins } from '../../../src/disk/locks/logins.ts';
import { makeFolder } from '../../support/journals.ts';
import { useTable } from '../../support/lock-tables.ts';

const serve = useTable();
const cluster = 'cluster-1a23b4cdefg';
const counted = (count: number) => ({ count, refusedWith: null });

/** Each with files of its own, as on a machine of its own. */
const createMachine = (simulator?: string) =>
  createTableLogins(serve().open(), createLogins(makeFolder(), { simulator }), simulator);

/** As the table reads what somebody has edited by hand. */
const parse = (text: string) => (text === 'torn' ? null : JSON.parse(text));

describe('the count of logins that machines share', () => {
  it('is one for all of them', async () => {
    await createMachine().write(cluster, counted(2));
    expect(await createMachine().read(cluster)).toEqual(counted(2));
    expect(await createMachine().read('cluster-other')).toEqual(counted(0));
    expect(await createMachine('http://127.0.0.1:8080').read(cluster)).toEqual(counted(0));
  });

  it('loses none that two have counted from the same', async () => {
    const [first, second] = [createMachine(), createMachine()];
    await first.write(cluster, counted(1));
    await Promise.all([first.read(cluster), second.read(cluster)]);
    await Promise.all([first.write(cluster, counted(2)), second.write(cluster, counted(2))]);
    expect(await createMachine().read(cluster)).toEqual(counted(3));
  });

  it('keeps with what kmsuser was refused, until CONNECTED is seen anywhere', async () => {
    const [first, second] = [createMachine(), createMachine()];
    await first.write(cluster, { count: 1, refusedWith: 'USER_LOCKED_OUT' });
    await second.write(cluster, counted(2));
    expect(await first.read(cluster)).toMatchObject({ refusedWith: 'USER_LOCKED_OUT' });
    await second.write(cluster, counted(0));
    expect(await first.read(cluster)).toEqual(counted(0));
  });

  it('takes back the count of this machine alone, and not that of another', async () => {
    const [first, second] = [createMachine(), createMachine()];
    await Promise.all([first.read(cluster), second.read(cluster)]);
    await first.write(cluster, counted(1));
    await second.write(cluster, counted(1));
    await first.takeBack(cluster);
    expect(await createMachine().read(cluster)).toEqual(counted(1));
    expect(await second.read(cluster)).toEqual(counted(1));
  });

  it('takes back a count that the table has not taken', async () => {
    const machine = createMachine();
    await machine.write(cluster, counted(1));
    serve().fail('unreachable');
    await machine.write(cluster, counted(2));
    serve().fail(undefined);
    await machine.takeBack(cluster);
    expect(await machine.read(cluster)).toEqual(counted(1));
    expect(await createMachine().read(cluster)).toEqual(counted(1));
  });

  it('keeps a count that cannot be taken back', async () => {
    const machine = createMachine();
    await machine.write(cluster, counted(2));
    serve().fail('unreachable');
    await machine.takeBack(cluster);
    serve().fail(undefined);
    expect(await machine.read(cluster)).toEqual(counted(2));
  });

  it('is kept on this machine too, for runs that name no table', async () => {
    const folder = makeFolder();
    await createTableLogins(serve().open(), createLogins(folder)).write(cluster, counted(2));
    expect(await createLogins(folder).read(cluster)).toEqual(counted(2));
  });

  it('is unknown, never zero, where the table does not answer and this process has not asked it before', async () => {
    serve().fail('unreachable');
    const machine = createMachine();
    const { unknownBecause } = await machine.read(cluster);
    expect(unknownBecause).toMatch(/^the lock table \S+ cannot be used/);
    expect(await machine.findProblem(cluster)).toBe(unknownBecause);
  });

  it.each(['torn', '[]', '{}', '{"count":0}'])('is unknown where its item holds %j', async (body) => {
    const table = serve().open();
    const machine = createTableLogins(
      { ...table, read: async () => ({ ok: true, value: { version: 1, isThere: true, body: parse(body), atMs: 0 } }) },
      createLogins(makeFolder()),
    );
    expect((await machine.read(cluster)).unknownBecause).toMatch(/cannot read its item logins#/);
  });

  it('stays unknown where its item was torn, whatever is added, until CONNECTED was observed', async () => {
    const machine = createMachine();
    await machine.write(cluster, counted(1));
    const id = (await serve().scan())[0]?.id?.S ?? '';
    await serve().spoil(id);
    await createMachine().write(cluster, counted(1));
    expect(await createMachine().read(cluster)).toMatchObject({
      count: 1,
      unknownBecause: expect.stringContaining('did not hold a count'),
    });
    await createMachine().write(cluster, counted(0));
    expect(await createMachine().read(cluster)).toEqual(counted(0));
  });

  it('is zero again in this process once CONNECTED was observed, also where the table does not answer', async () => {
    const machine = createMachine();
    await machine.write(cluster, counted(2));
    serve().fail('unreachable');
    await machine.write(cluster, counted(0));
    expect(await machine.read(cluster)).toEqual(counted(0));
  });

  it('can be kept where the table answers', async () => {
    expect(await createMachine().findProblem(cluster)).toBeNull();
  });

  it('goes on on this machine where the table does not answer, and what was counted then is not lost', async () => {
    const machine = createMachine();
    await machine.write(cluster, counted(1));
    serve().fail('unreachable');
    await machine.write(cluster, counted(2));
    expect(await machine.read(cluster)).toEqual(counted(2));
    serve().fail(undefined);
    expect(await machine.read(cluster)).toEqual(counted(2));
    await machine.write(cluster, counted(3));
    expect(await createMachine().read(cluster)).toEqual(counted(3));
    await createMachine().write(cluster, counted(0));
    expect(await machine.read(cluster)).toEqual(counted(0));
  });
});
