// SPDX-License-Identifier: Apache-2.0
// The components over TLS will be here: those of tcp.ts on the roles of @hp/ssl, which is not there yet.
export {};
