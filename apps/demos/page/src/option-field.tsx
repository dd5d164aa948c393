// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { type Field, fields, type OptionName } from '../../src/console/kinds.js';

type Value = string | number | boolean;

interface OptionFieldProps {
  readonly name: OptionName;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** The label and the input of one option. */
export function OptionField({ name, value, onChange }: OptionFieldProps): VNode {
  const { label, hint }: Field<Value> = fields[name];
  const id = `option-${name}`;
  return (
    <>
      <div>
        <label for={id}>{label}</label>
        {hint !== undefined && <small id={`${id}-hint`}>{hint}</small>}
      </div>
      <Input id={id} name={name} value={value} onChange={onChange} />
    </>
  );
}

function Input({ id, name, value, onChange }: OptionFieldProps & { readonly id: string }): VNode {
  const { choices, hint }: Field<Value> = fields[name];
  const common = { id, 'aria-describedby': hint === undefined ? undefined : `${id}-hint` };
  if (choices !== undefined) {
    return (
      <select
        {...common}
        value={String(value)}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  }
  switch (typeof value) {
    case 'boolean':
      return (
        <input
          {...common}
          type="checkbox"
          checked={value}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
      );
    case 'number':
      return (
        <input
          {...common}
          type="number"
          value={Number.isNaN(value) ? '' : value}
          onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
        />
      );
    default:
      return (
        <input
          {...common}
          type="text"
          spellcheck={false}
          value={value}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      );
  }
}
