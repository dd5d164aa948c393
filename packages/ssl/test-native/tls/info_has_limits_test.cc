// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tls/told.h"

namespace hp::tls {
namespace {

std::string Text(const Info& info) { return {info.bytes().begin(), info.bytes().end()}; }

TEST(Info, IsAListOfFields) {
  Info info;
  EXPECT_EQ(Text(info), "");
  info.AddNumber(InfoTag::kProtocol, 0x0304);
  info.Add(InfoTag::kCipher, std::string_view("AES"));
  info.AddFlag(InfoTag::kResumed, true);
  info.AddFlag(InfoTag::kVerified, false);
  info.Add(InfoTag::kServerName, std::string_view(""));
  const std::string expected(
      "\1\2\0\4\3"
      "\2\3\0AES"
      "\5\1\0\1"
      "\13\1\0\0"
      "\4\0\0",
      22);
  EXPECT_EQ(Text(info), expected);
}

TEST(Info, HasLengthsOfTwoBytes) {
  Info info;
  info.Add(InfoTag::kPeerCertificate, std::string(0x1234, 'c'));
  EXPECT_EQ(Text(info), "\6\x34\x12" + std::string(0x1234, 'c'));
}

TEST(Info, LeavesOutWhatItHasNoRoomFor) {
  Info info;
  info.AddFlag(InfoTag::kResumed, true);
  const std::string before = Text(info);
  info.Add(InfoTag::kPeerCertificate, std::string(Info::kMaxBytes - 6, 'c'));
  info.Add(InfoTag::kOcspResponse, std::string(100'000, 'c'));
  EXPECT_EQ(Text(info), before);
  info.Add(InfoTag::kPeerCertificate, std::string(Info::kMaxBytes - 7, 'c'));
  EXPECT_EQ(info.bytes().size(), Info::kMaxBytes);
  info.AddFlag(InfoTag::kVerified, true);
  EXPECT_EQ(info.bytes().size(), Info::kMaxBytes);
}

}  // namespace
}  // namespace hp::tls
