import type { PhysicalMemory } from '../../memory/index.ts';
import { verificationJson, verificationText } from '../../render/index.ts';
import { verifyDomain } from '../../verify/index.ts';
import type { Command } from '../command.ts';
import { EXIT, InputError, UsageError } from '../errors.ts';
import { machineFrom } from '../machine-source.ts';
import { progressBar } from '../terminal.ts';

export const verify: Command = {
  name: 'verify',
  summary: 'prove the layout of a saved domain, claim by claim',
  operands: 'IMAGE',
  options: {},
  examples: ['x86-paging verify dom.x86page', 'x86-paging build --out - | x86-paging verify -'],
  async run({ values, operands, style, json, print }) {
    const [image, ...more] = operands;
    if (image === undefined || more.length > 0)
      throw new UsageError(`verify takes one image; given are ${operands.length}`);
    const { memory, domain } = await machineFrom(values, image);
    if (domain === undefined)
      throw new InputError(`${image} holds no domain; verify proves the layout of one`);
    const progress = progressBar('walking 2^20 pages');
    const verification = verifyDomain(memory as PhysicalMemory, domain, {
      onProgress: (done, total) => progress.update(done, total),
    });
    progress.end();
    print(json ? JSON.stringify(verificationJson(verification)) : verificationText(verification, style));
    return verification.ok ? EXIT.done : EXIT.negative;
  },
};
