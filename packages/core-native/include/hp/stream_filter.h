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
#define HP_STREAM_FILTER_VERSION 1u
/* What HpStreamFilter::magic holds: "HPFILTER". */
#define HP_STREAM_FILTER_MAGIC 0x5245544c49465048ull

/* What a filter's function answers. An error is minus an ErrorCode: the
 * connection is closed with (Receive, ErrorCode). */
enum {
  HP_FILTER_OK = 0,
  /* More for the application is at hand than there was room for: resume() is
   * called when there is room again. */
  HP_FILTER_MORE = 1,
  /* The peer has ended the stream in order: the connection is closed with
   * (Close, 0). */
  HP_FILTER_ENDED = 2
};

/* What the core does for a filter, valid during the call it is given to. */
typedef struct HpFilterHost {
  /* Room for bytes to the application; null when there is none right now. */
  uint8_t* (*reserve_plain)(struct HpFilterHost* host, size_t* room);
  /* Hands over the first `size` bytes of that room. */
  void (*commit_plain)(struct HpFilterHost* host, size_t size);
  /* Room for bytes to the peer: at least one, at best `wanted`. */
  uint8_t* (*reserve_wire)(struct HpFilterHost* host, size_t wanted, size_t* room);
  void (*commit_wire)(struct HpFilterHost* host, size_t size);
  /* From now on the application may send; its onHandshake is called. */
  void (*ready)(struct HpFilterHost* host);
  /* Tells JavaScript something: a number and at most 8 KiB. */
  void (*tell)(struct HpFilterHost* host, uint32_t code, const uint8_t* data, size_t size);
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
  /* Receiving and sending may start. */
  int (*start)(void* filter, HpFilterHost* host);
  /* `size` bytes have come from the peer; all of them are taken. */
  int (*receive)(void* filter, HpFilterHost* host, const uint8_t* data, size_t size);
  int (*resume)(void* filter, HpFilterHost* host);
  /* The application sends; all of it is taken. Only after ready(). */
  int (*send)(void* filter, HpFilterHost* host, const uint8_t* data, size_t size);
  /* The application sends no more. */
  int (*finish)(void* filter, HpFilterHost* host);
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
