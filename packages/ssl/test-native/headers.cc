// SPDX-License-Identifier: Apache-2.0
// The program the precompiled header of the tests belongs to: it has the options of one.

int main() {}
