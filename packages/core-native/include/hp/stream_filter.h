/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HP_STREAM_FILTER_H_
#define HP_STREAM_FILTER_H_

#include <stddef.h>
#include <stdint.h>

/*
 * A stream filter stands between a connection's socket and its application and
 * turns the bytes of one into those of the other: TLS is one. It is code of
 * another addon, plugged in through this C interface.
 *
 * All calls about one connection come from the thread of its reactor, one at a
 * time, and none of them blocks. A context may serve connections of several
 * reactors at once.
 */

#ifdef __cplusplus
extern "C" {
#endif

/* Changes whenever anything below does. */
#define HP_STREAM_FILTER_VERSION 2u
/* What HpStreamFilter::magic holds: "HPFILTER". */
#define HP_STREAM_FILTER_MAGIC 0x5245544c49465048ull

/* What a filter's function answers. An error is minus an ErrorCode: the
 * connection is closed with (Receive, ErrorCode), what is queued for the peer (an
 * alert) still goes out, and of the filter only close() is called any more. */
enum {
  HP_FILTER_OK = 0,
  /* More for the application or for JavaScript is at hand than there was room
   * for: resume() is called when there is room again and the connection is read
   * from. While the application pauses it, neither receive() nor resume() is. */
  HP_FILTER_MORE = 1,
  /* The peer has ended the stream in order: the connection is closed with
   * (Close, 0). */
  HP_FILTER_ENDED = 2
};

/* A piece of what the application sends. */
typedef struct HpFilterPart {
  const uint8_t* data;
  size_t size;
} HpFilterPart;

/* What the core does for a filter, valid during the call it is given to. */
typedef struct HpFilterHost {
  /* Room for bytes to the application; null when there is none right now. It
   * holds until commit_plain, and no longer than until tell. */
  uint8_t* (*reserve_plain)(struct HpFilterHost* host, size_t* room);
  /* Hands over the first `size` bytes of that room. */
  void (*commit_plain)(struct HpFilterHost* host, size_t size);
  /* Room for bytes to the peer: at least one, at best `wanted`. */
  uint8_t* (*reserve_wire)(struct HpFilterHost* host, size_t wanted, size_t* room);
  void (*commit_wire)(struct HpFilterHost* host, size_t size);
  /* From now on the application may send; its onHandshake is called. */
  void (*ready)(struct HpFilterHost* host);
  /* From now on the application may send, although ready() has yet to come: plain
   * text before STARTTLS. Nobody is told. */
  void (*permit)(struct HpFilterHost* host);
  /* Tells JavaScript something: a number and at most 8 KiB. Answers 1, or 0 when
   * there is no room right now: the filter then answers HP_FILTER_MORE and tells
   * it in resume(). */
  int (*tell)(struct HpFilterHost* host, uint32_t code, const uint8_t* data, size_t size);
  /* Has deadline() called in `ms`; 0 takes that back. */
  void (*set_deadline)(struct HpFilterHost* host, uint32_t ms);
} HpFilterHost;

typedef enum HpFilterRole { HP_FILTER_CLIENT = 0, HP_FILTER_SERVER = 1 } HpFilterRole;

/* The functions of a filter. `filter` is what open() has answered. */
typedef struct HpStreamFilter {
  uint64_t magic;
  uint32_t version;
  uint32_t reserved;
  /* What the functions are given as `context`; counted by retain and release,
   * which may be called on any thread. */
  void* context;
  void (*retain)(void* context);
  void (*release)(void* context);
  /* A connection begins; `host_name` is what was dialled, or null. Null refuses. */
  void* (*open)(void* context, HpFilterRole role, const char* host_name);
  /* Sending may start, and receiving once the application has heard of the
   * connection. Called before any function below. */
  int (*start)(void* filter, HpFilterHost* host);
  /* `size` bytes have come from the peer; all of them are taken. */
  int (*receive)(void* filter, HpFilterHost* host, const uint8_t* data, size_t size);
  int (*resume)(void* filter, HpFilterHost* host);
  /* The application sends: all parts of one submit, in order, and all of them are
   * taken. Only after ready() or permit(). */
  int (*send)(void* filter, HpFilterHost* host, const HpFilterPart* parts, size_t count);
  /* The application sends no more. What the filter writes afterwards goes out
   * only until the peer has been told so. */
  int (*finish)(void* filter, HpFilterHost* host);
  /* The peer has finished sending (a FIN), and everything received has been
   * through receive() and resume(): called once, before the core ends the
   * connection, and only when the filter has not answered HP_FILTER_ENDED. An
   * error here closes with (Close, ErrorCode); HP_FILTER_MORE counts as
   * HP_FILTER_OK. */
  int (*end)(void* filter, HpFilterHost* host);
  /* JavaScript orders something: a number up to 255 and at most 32 KiB. */
  int (*command)(void* filter, HpFilterHost* host, uint32_t code, const uint8_t* data, size_t size);
  int (*deadline)(void* filter, HpFilterHost* host);
  /* The connection is gone. */
  void (*close)(void* filter);
} HpStreamFilter;

#ifdef __cplusplus
}
#endif

#endif /* HP_STREAM_FILTER_H_ */
