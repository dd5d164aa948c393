// SPDX-License-Identifier: Apache-2.0
// How a changeset looks in CHANGELOG.md: as it was written. All packages share one version, so that the versions of those that
// one depends on are no news.

module.exports = {
  /** @param {{ summary: string }} changeset */
  getReleaseLine({ summary }) {
    return Promise.resolve(`- ${summary.trim().replaceAll('\n', '\n  ')}`);
  },
  getDependencyReleaseLine() {
    return Promise.resolve('');
  },
};
