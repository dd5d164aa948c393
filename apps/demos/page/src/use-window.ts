// SPDX-License-Identifier: Apache-2.0
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** The part of a long list that is drawn. */
export interface ListWindow {
  /** The element that scrolls. */
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** The first row that is drawn, and how many. */
  readonly first: number;
  readonly count: number;
  /** For the element that scrolls. */
  readonly onScroll: () => void;
}

/** Rows beyond what is seen, so that scrolling finds some. */
const OVERSCAN = 10;

/** Draws only what is seen of a list whose rows are equally high. */
export function useWindow(rowHeight: number): ListWindow {
  const scroller = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(0);
  const [top, setTop] = useState(0);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return {
    scroller,
    first: Math.max(0, Math.floor(top / rowHeight) - OVERSCAN),
    count: Math.ceil(height / rowHeight) + 2 * OVERSCAN,
    onScroll: () => setTop(scroller.current?.scrollTop ?? 0),
  };
}
