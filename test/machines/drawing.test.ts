import { expect, it } from 'vitest';
import { drawMachine } from '../support/draw-machine.ts';

it('machines/README.md shows the machine as it is', async () => {
  await expect(drawMachine()).toMatchFileSnapshot('../../machines/README.md');
});
