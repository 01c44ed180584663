import { useEffect, useRef, useState, type RefObject } from 'react';

/** Something that opens under a button: closes on Escape (focus goes back to the button) and on a press outside. */
export function useDisclosure<T extends HTMLElement>(): {
  open: boolean;
  setOpen: (open: boolean) => void;
  hostRef: RefObject<T | null>;
} {
  const [open, setOpen] = useState(false);
  const hostRef = useRef<T>(null);

  useEffect(() => {
    if (!open) return;
    const onPointer = (event: PointerEvent): void => {
      if (event.target instanceof Node && !hostRef.current?.contains(event.target)) setOpen(false);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      hostRef.current?.querySelector('button')?.focus();
    };
    document.addEventListener('pointerdown', onPointer);
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('pointerdown', onPointer);
      document.removeEventListener('keydown', onKey);
    };
  }, [open]);

  return { open, setOpen, hostRef };
}
