import { useEffect, useState } from 'preact/hooks';

/** What is to be printed: it stands in the page only for that, and is taken away again. */
export function usePrinted<T>(): [printed: T | undefined, print: (what: T) => void] {
  const [printed, setPrinted] = useState<T | undefined>();
  useEffect(() => {
    if (printed === undefined) return;
    document.documentElement.dataset['print'] = 'sheet';
    print();
    delete document.documentElement.dataset['print'];
    setPrinted(undefined);
  }, [printed]);
  return [printed, setPrinted];
}
