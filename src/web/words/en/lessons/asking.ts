import type { LessonWords } from '../../shape.ts';

export const asking: LessonWords = {
  title: 'Asking Xen',
  goal: 'How a guest changes its tables all the same: what Xen looks at, and what it once overlooked.',
  steps: [
    {
      body: [
        'The kernel wants a page of its own, `0xc018_0000`, to be read-only, as before a copy on write. The entry that maps it lies in its first page table, where the kernel sees it at `0xc0ff_e600`.',
      ],
      task: 'It writes that entry. What will the CPU do?',
      hint: 'The page that is written is the page table. Look at its RW.',
      after: 'The CPU does not look at the value: this page is read-only, and that is all.',
    },
    {
      body: [
        'Harmless or not, the kernel’s own hand is stopped. So it asks: the same entry, the same value.',
      ],
      task: 'Let it write, then let it ask.',
      hint: 'Press “Run” twice. `mmu_update` is the call to Xen.',
      after: '0 means: done. Xen wrote the entry, since less rights harm nobody. RW of the page is 0 now.',
    },
    {
      body: [
        'Xen counts for each frame what it is used as: page table, directory, writable page. These exclude one another.',
      ],
      task: 'The kernel asks for RW in the entry that maps its directory. What does Xen answer?',
      choices: [
        'Nothing: the CPU faults first.',
        'It does it: the page belongs to the kernel.',
        'It refuses: a page directory can never be writable.',
      ],
      wrong: [
        'The call changes no memory of the kernel’s: it goes to ring 0, and Xen reads what is asked for.',
        'It does belong to the kernel. But with RW there, the kernel could write any entry it likes.',
        '',
      ],
      hint: 'What would the kernel do with a directory that it can write?',
      after: 'It was the mistake that you played in the lesson before. Xen does not make it.',
    },
    {
      body: ['See what Xen says.'],
      task: 'Let it ask.',
      hint: 'Press “Run” here.',
      after: '−22 is EINVAL. The entry is as it was: look at RW.',
    },
    {
      body: ['Frame numbers are no secret: a guest may name any. But each frame has an owner.'],
      task: 'Let the kernel ask for a page of another domain, then for one of Xen.',
      hint: 'Press “Run” twice.',
      after: 'Two frames, two owners, two refusals. So a guest maps its own memory, and no other.',
    },
    {
      body: ['Calls are slow, so a kernel sends many updates in one. Of three, the second is forbidden.'],
      task: 'Which of them are done?',
      choices: ['none: all or nothing', 'the first', 'the first and the third'],
      wrong: [
        'Xen goes through the list once and takes nothing back: each update is safe by itself.',
        '',
        'After a refusal Xen reads no further: the kernel is wrong about its own tables.',
      ],
      hint: 'Xen checks an update, writes it, and goes to the next.',
      after: 'What was done before the refusal stays.',
    },
    {
      body: ['See.'],
      task: 'Let it ask.',
      hint: 'Press “Run” here.',
      after: 'The answer says which one it was. The page’s RW is 0, by the first; the third is as before.',
    },
    {
      body: [
        'One thing more is allowed: a directory may be mapped as a page table, without RW. Then the kernel sees its own entries at address 0.',
        'After that it asks for one bit more.',
      ],
      task: 'Let it ask twice.',
      hint: 'Press “Run” twice, and look at RW.',
      after: 'The second call is what Xen had refused before, by another way. And it said 0.',
    },
    {
      body: ['The directory is open. The kernel puts Xen’s memory into slot 1, by a write of its own.'],
      task: 'Let it run.',
      hint: 'Press “Run” twice.',
      after: 'No fault, no call, no check: the guest reads Xen’s own image, and could write it.',
    },
    {
      body: ['This is no invention: Xen of 2004 answered so.'],
      task: 'Which check was missing?',
      choices: [
        'An update that changes flags only, and not the frame, was not checked.',
        'The owner of the frame was not looked at.',
        'The CPU did not look at RW.',
      ],
      wrong: [
        '',
        'The directory belongs to the guest: its owner may map it, but not writable.',
        'It did: RW is 1 in both entries, because Xen set it.',
      ],
      hint: 'Compare the two values that were asked for. What differs?',
      after:
        'Found in 2016 as XSA-182, twelve years later. In the panel “Xen” below the drawing you can ask for more.',
    },
  ],
};
