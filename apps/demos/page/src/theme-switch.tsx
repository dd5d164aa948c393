// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

const KEPT_AS = 'hp-console-theme';

/** Light, dark, or what the system prefers; kept for the next time. */
export function ThemeSwitch(): VNode {
  const [theme, setTheme] = useState<Theme>(keptTheme);
  useLayoutEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    localStorage.setItem(KEPT_AS, theme);
  }, [theme]);
  return (
    <fieldset class="choice">
      <legend class="hidden">Colours</legend>
      {themes.map((name) => (
        <label key={name}>
          <input type="radio" name="theme" checked={theme === name} onChange={() => setTheme(name)} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

function keptTheme(): Theme {
  return themes.find((theme) => theme === localStorage.getItem(KEPT_AS)) ?? 'system';
}
