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
      <label for={id}>
        {label}
        {hint !== undefined && <small>{hint}</small>}
      </label>
      <Input id={id} name={name} value={value} onChange={onChange} />
    </>
  );
}

function Input({ id, name, value, onChange }: OptionFieldProps & { readonly id: string }): VNode {
  const { choices }: Field<Value> = fields[name];
  if (choices !== undefined) {
    return (
      <select id={id} value={String(value)} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
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
          id={id}
          type="checkbox"
          checked={value}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
      );
    case 'number':
      return (
        <input
          id={id}
          type="number"
          value={Number.isNaN(value) ? '' : value}
          onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
        />
      );
    default:
      return (
        <input
          id={id}
          type="text"
          spellcheck={false}
          value={value}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      );
  }
}
