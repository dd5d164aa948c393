// SPDX-License-Identifier: Apache-2.0

/** What is asked of a peer's certificate; the values are bits. HP-Socket: `EnSSLVerifyMode`. */
export enum SslVerifyMode {
  /** Nothing: a client takes any certificate, a server asks for none. */
  None = 0,
  /** A client refuses a certificate that is not in order; a server asks for one, and refuses one that is not. */
  Peer = 1,
  /** With `Peer`: a server refuses clients without a certificate. */
  FailIfNoPeerCert = 2,
  /** With `Peer`: a server asks once per connection; it never asks again anyway, for renegotiation is refused. */
  ClientOnce = 4,
}

/** Whose side an environment is for. HP-Socket: `EnSSLSessionMode`. */
export enum SslSessionMode {
  /** Agents and clients. */
  Client = 0,
  /** Servers. */
  Server = 1,
}
