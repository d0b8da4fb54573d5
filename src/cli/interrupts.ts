/**
 * Signals. This program leaves them to the kernel, which ends a process at once whatever it is busy with: a handler of
 * its own would run only once a long computation is over. There is one exception: while a file is written, there is
 * something to tidy up. That work yields to the event loop every megabyte, so that the handler gets its turn.
 */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Does work which leaves something to tidy up when it is interrupted. */
export async function interruptible<T>(tidyUp: () => void, work: () => Promise<T>): Promise<T> {
  const onSignal = (signal: NodeJS.Signals): void => {
    tidyUp();
    stopListening();
    // Now with no handler: the process ends as its parent expects, by that signal.
    process.kill(process.pid, signal);
  };
  const stopListening = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work();
  } finally {
    stopListening();
  }
}
