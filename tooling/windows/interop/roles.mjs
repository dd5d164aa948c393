// SPDX-License-Identifier: Apache-2.0

/**
 * The server and the agent over a transport, with the options of each.
 *
 * @param {string} transport `tcp` or `tls`
 * @param {string} certificates the folder with the server's certificate, for `tls`
 */
export async function rolesOver(transport, certificates) {
  if (transport === 'tcp') {
    const { TcpAgent, TcpServer } = await import('@hp/tcp');
    return { Server: TcpServer, Agent: TcpAgent, serverOptions: {}, agentOptions: {} };
  }
  const { SslAgent, SslContext, SslServer } = await import('@hp/ssl');
  const cert = `${certificates}/cert.pem`;
  return {
    Server: SslServer,
    Agent: SslAgent,
    serverOptions: { context: new SslContext({ cert, key: `${certificates}/key.pem` }) },
    agentOptions: { context: new SslContext({ ca: cert }) },
  };
}
