import { verificationJson, verificationText } from '../../render/index.ts';
import { verifyDomain } from '../../verify/index.ts';
import { type Command, oneOperand } from '../command.ts';
import { EXIT, InputError, UsageError } from '../errors.ts';
import { machineFrom } from '../machine-source.ts';

export const verify: Command = {
  name: 'verify',
  summary: 'prove the layout of a saved domain, claim by claim',
  operands: 'IMAGE',
  options: {},
  examples: ['x86-paging verify dom.x86page', 'x86-paging build --out - | x86-paging verify -'],
  async run({ values, operands, style, json, width, print, printJson, progress }) {
    const image = oneOperand('verify', operands, 'image');
    if (image === undefined) throw new UsageError('verify takes one image; given is none');
    const { memory, domain } = await machineFrom({ ...values, format: 'x86page' }, image);
    if (domain === undefined)
      throw new InputError(`${image} holds no domain; verify proves the layout of one`);
    const bar = progress('walking 2^20 pages');
    const verification = verifyDomain(memory, domain, {
      onProgress: (done, total) => bar.update(done, total),
    });
    bar.end();
    if (json) printJson(verificationJson(verification));
    else print(verificationText(verification, style, width));
    return verification.ok ? EXIT.done : EXIT.negative;
  },
};
