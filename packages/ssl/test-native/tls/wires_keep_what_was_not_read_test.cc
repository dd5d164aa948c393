// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "test_host.h"
#include "tls/wire.h"

namespace hp::tls {
namespace {

// Feeds bytes that are gone after the call, and reads some.
struct Reader {
  std::string Call(std::string_view bytes, std::size_t wanted) {
    wire.Begin(&host);
    const auto copy = std::make_unique<std::string>(bytes);
    wire.Feed({reinterpret_cast<const std::uint8_t*>(copy->data()), copy->size()});
    const Bytes read = wire.waiting().first(std::min(wanted, wire.waiting().size()));
    std::string text(read.begin(), read.end());
    wire.Skip(read.size());
    wire.End();
    return text;
  }

  TestHost host;
  Wire wire;
};

TEST(Wire, KeepsWhatWasNotRead) {
  Reader reader;
  EXPECT_EQ(reader.Call("abcdef", 2), "ab");
  EXPECT_EQ(reader.Call("", 1), "c");
  EXPECT_EQ(reader.Call("gh", 100), "defgh");
  EXPECT_EQ(reader.Call("", 100), "");
}

TEST(Wire, KeepsItHoweverItArrivesAndIsRead) {
  std::mt19937 random(5);
  Reader reader;
  std::string sent;
  std::string read;
  for (int i = 0; i < 3000; ++i) {
    const std::string bytes(random() % 50, static_cast<char>('a' + i % 26));
    sent += bytes;
    read += reader.Call(bytes, random() % 60);
  }
  read += reader.Call("", sent.size());
  EXPECT_EQ(read, sent);
}

TEST(Wire, IsReadByOpenSsl) {
  Reader reader;
  const BioPtr bio(NewBio(reader.wire));
  std::array<char, 4> bytes{};
  EXPECT_LE(BIO_read(bio.get(), bytes.data(), 4), 0);
  EXPECT_TRUE(BIO_should_retry(bio.get()));
  EXPECT_EQ(reader.Call("abcdef", 0), "");
  EXPECT_EQ(BIO_read(bio.get(), bytes.data(), 4), 4);
  EXPECT_EQ(std::string_view(bytes.data(), 4), "abcd");
  EXPECT_EQ(BIO_read(bio.get(), bytes.data(), 4), 2);
  EXPECT_EQ(std::string_view(bytes.data(), 2), "ef");
}

TEST(Wire, IsWrittenWhateverRoomThereIs) {
  Reader reader;
  reader.host.wire_step = 3;
  reader.wire.Begin(&reader.host);
  const BioPtr bio(NewBio(reader.wire));
  const std::string record("\x17\3\3\0\4text", 9);
  EXPECT_EQ(BIO_write(bio.get(), record.data(), 9), 9);
  reader.wire.End();
  EXPECT_EQ(reader.host.wire, record);
  EXPECT_EQ(reader.wire.records_written(), 1U);
}

}  // namespace
}  // namespace hp::tls
